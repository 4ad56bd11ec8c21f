"""What a signed-in person corrects of themselves, and the address of their calendar."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from wagtail.log_actions import log

from common.errors import DomainError
from members.domain.statements import checked_name, checked_rpps, one_of
from members.models import User
from members.professions import Civility, Profession

NAME = ("first_name", "last_name")


def correct_profile(
    *, user: User, first_name: str, last_name: str, profession: str, civility: str, rpps: str, by: User
) -> tuple[str, ...]:
    """Store what differs; returns the fields that changed. Raises ``DomainError`` naming the field.

    What was stated at registrations stays as it was; a corrected name is printed on later certificates.
    The journal tells which fields changed, never what they hold.
    """
    wanted = {
        "first_name": checked_name(first_name, field="first_name", what="prénom"),
        "last_name": checked_name(last_name, field="last_name", what="nom"),
        "profession": one_of(Profession, profession, field="profession"),
        "civility": one_of(Civility, civility, field="civility"),
        "rpps": checked_rpps(rpps),
    }
    with transaction.atomic():
        held = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        if held.erased_at is not None:
            raise DomainError("Ce compte est effacé.")
        changed = tuple(name for name, value in wanted.items() if getattr(held, name) != value)
        if changed:
            facts = {name: wanted[name] for name in changed}
            if set(changed) & set(NAME):
                facts["name_corrected_at"] = timezone.now()  # type: ignore[assignment]
            User.objects.filter(pk=held.pk).update(**facts)
            log(instance=held, action="escale.profile", user=by, data={"fields": list(changed)})
    user.refresh_from_db()
    return changed


def change_calendar_address(*, user: User) -> None:
    """From now on the old address of the personal calendar leads nowhere."""
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(calendar_version=F("calendar_version") + 1)
        log(instance=user, action="escale.calendar_address", user=user)
    user.refresh_from_db(fields=["calendar_version"])
