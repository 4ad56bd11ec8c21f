"""A completed « Leader » training marks the role in the CPTS that the person belongs to."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

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
    today = timezone.localdate()
    with transaction.atomic():
        User.objects.select_for_update(no_key=True, of=("self",)).get(pk=user.pk)
        open_today = Membership.objects.filter(
            not_ended(on=today), user=user, since__lte=today, organisation__kind=Organisation.Kind.CPTS
        )
        homes = sorted(set(open_today.values_list("organisation", flat=True)))
        if open_today.filter(role=Membership.Role.REFERENT).exists():
            return {"outcome": ALREADY}
        if len(homes) != 1:
            return {"outcome": SEVERAL if homes else NONE}
        made = Membership.objects.create(
            user=user, organisation_id=homes[0], role=Membership.Role.REFERENT, since=today
        )
        _log(made, "referent_named", by)
        return {"outcome": NAMED, "membership": made.pk}


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
