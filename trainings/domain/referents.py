"""A completed « Leader » training marks the role in the CPTS that the person belongs to."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from members.access import not_ended
from members.models import Membership, Organisation, User

Outcome = dict[str, Any]
NONE, SEVERAL, ALREADY, NAMED = "none", "several", "already", "named"


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
        if len(homes) != 1:
            return {"outcome": SEVERAL if homes else NONE}
        if open_today.filter(role=Membership.Role.REFERENT).exists():
            return {"outcome": ALREADY}
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


def _log(membership: Membership, what: str, by: User | None) -> None:
    data = {what: membership.user_id}
    log(instance=membership.organisation, action="escale.edit", user=by, data=data)
