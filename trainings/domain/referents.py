"""A completed « Leader » training marks the role in the CPTS that the person belongs to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from events.domain.journal import log_many
from members.access import not_ended
from members.models import Membership, Organisation, User
from trainings.models import Completion

Outcome = dict[str, Any]
NONE, SEVERAL, ALREADY, NAMED = "none", "several", "already", "named"
OPEN = (NONE, SEVERAL)  # the person has the role nowhere: asking again may find where


@dataclass(frozen=True)
class Told:
    """What became of the role, and what to do about it."""

    said: str
    to_do: str = ""
    can_retry: bool = False


# To which CPTS somebody belongs is not the training's business: no or several read the same.
GIVEN = Told("référent·e santé des soignants dans sa CPTS")
NOT_YET = Told(
    "rôle de référent·e à ouvrir",
    "Escale n’a pas su dans quelle CPTS : demandez à la personne laquelle lui confie le rôle, et à cette "
    "CPTS de l’inscrire parmi ses membres ou de le faire ouvrir par l’administration de la plateforme, puis "
    "« Vérifier à nouveau ».",
    can_retry=True,
)
TOLD = {NAMED: GIVEN, ALREADY: GIVEN, NONE: NOT_YET, SEVERAL: NOT_YET}
ENDED = Told("le rôle donné a pris fin depuis")


def name(*, user: User, by: User | None) -> Outcome:
    """Open the role of référent·e in the one CPTS of ``user``: ``{"outcome", "membership"}``.

    Belonging to none, or to several, names nobody: their coordination decides. « membership » is there
    when the role is new, so that it can be taken back.
    """
    return name_all(users=[user], by=by)[user.pk]


def name_all(*, users: Sequence[User], by: User | None) -> dict[int, Outcome]:
    """``name`` for several people at once, by account; in as many queries as for one."""
    if not users:
        return {}
    today, keys = timezone.localdate(), {each.pk for each in users}
    with transaction.atomic():
        held = User.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=keys)
        list(held.order_by("pk").values_list("pk", flat=True))
        homes: dict[int, set[int]] = {pk: set() for pk in keys}
        already = set()
        for user, organisation, role in Membership.objects.filter(
            not_ended(on=today), user__in=keys, since__lte=today, organisation__kind=Organisation.Kind.CPTS
        ).values_list("user", "organisation", "role"):
            homes[user].add(organisation)
            if role == Membership.Role.REFERENT:
                already.add(user)
        alone = sorted(pk for pk in keys - already if len(homes[pk]) == 1)
        made = Membership.objects.bulk_create(
            Membership(user_id=pk, organisation_id=min(homes[pk]), role=Membership.Role.REFERENT, since=today)
            for pk in alone
        )
        places = Organisation.objects.in_bulk({each.organisation_id for each in made})
        lines = [(places[each.organisation_id], {"referent_named": each.user_id}) for each in made]
        log_many(lines, action="escale.edit", user=by)
    named: dict[int, Outcome] = {each.user_id: {"outcome": NAMED, "membership": each.pk} for each in made}
    others = {
        pk: {"outcome": ALREADY if pk in already else SEVERAL if homes[pk] else NONE}
        for pk in keys - set(named)
    }
    return named | others


def take_back(*, membership_id: int, by: User | None) -> None:
    """Undo what ``name`` did, unless somebody ended or removed that role meanwhile."""
    with transaction.atomic():
        rows = Membership.objects.select_for_update(no_key=True, of=("self",))
        found = rows.filter(pk=membership_id, until=None).select_related("organisation").first()
        if found is not None:
            _log(found, "referent_taken_back", by)
            found.delete()


def name_again(*, completion: Completion, by: User) -> Outcome:
    """Ask once more where the role belongs, if nothing was found when the training was completed."""
    with transaction.atomic():
        rows = Completion.objects.select_for_update(no_key=True, of=("self",))
        held = rows.select_related("registration__user").get(pk=completion.pk)
        known: Outcome = held.rule.get("referent", {})
        user = held.registration.user
        if known.get("outcome") not in OPEN or user.erased_at is not None:
            return known
        found = name(user=user, by=by)
        if found != known:
            held.rule["referent"] = found
            held.save(update_fields=["rule"])
        return found


def told(completions: Iterable[Completion]) -> dict[int, Told]:
    """By completion, those of trainings that give the role."""
    outcomes = {each.pk: each.rule["referent"] for each in completions if "referent" in each.rule}
    given = [each["membership"] for each in outcomes.values() if "membership" in each]
    standing = set(
        Membership.objects.filter(not_ended(on=timezone.localdate()), pk__in=given).values_list(
            "pk", flat=True
        )
        if given
        else ()
    )
    return {
        pk: ENDED if "membership" in each and each["membership"] not in standing else TOLD[each["outcome"]]
        for pk, each in outcomes.items()
    }


def _log(membership: Membership, what: str, by: User | None) -> None:
    data = {what: membership.user_id}
    log(instance=membership.organisation, action="escale.edit", user=by, data=data)
