"""The paper sheet of a slot, to be signed on the spot: names and professions, no address, no number."""

from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from common import moments
from common.pdf import write_pdf
from events.domain import layout
from events.domain.exports import file_name
from events.models import Registration, SessionRole, Slot
from members.models import User

BLANK_LINES = 5  # for those who come without a place
# Who leads signs too.
SIGNING = (SessionRole.Role.FACILITATOR, SessionRole.Role.TRAINER)


def sign_in_sheet(*, slot: Slot, by: User) -> bytes:
    """The PDF of ``slot``'s sheet; who took it is kept."""
    session = slot.session
    people = list(
        Registration.objects.filter(session=session, state=Registration.State.CONFIRMED).order_by(
            "last_name", "first_name", "pk"
        )
    )
    with transaction.atomic():
        log(
            instance=session,
            action="escale.export",
            user=by,
            data={
                "what": "sign_in_sheet",
                "file_type": "pdf",
                "columns": ["last_name", "first_name", "profession", "signature"],
                "slot": slot.pk,
                "rows": len(people),
            },
        )
    leading = session.roles.filter(role__in=SIGNING).order_by("pk")
    context = {
        "session": session,
        "organisation": session.activity.organisation,
        "slot": slot,
        "when": moments.span(slot.starts_at, slot.ends_at),
        "where": layout.where(session),
        "leading": [(role.get_role_display(), role.name) for role in leading],
        "people": people,
        "blank": range(len(people) + 1, len(people) + 1 + BLANK_LINES),
        "created": timezone.localtime().isoformat(timespec="seconds"),
    }
    return write_pdf(
        template="pdf/sign_in_sheet.html",
        style="pdf/sign_in_sheet.css",
        context=context,
        identifier=f"escale-emargement-{slot.pk}-{timezone.now():%Y%m%d%H%M%S}",
    )


def sheet_name(slot: Slot) -> str:
    """The file's name: « emargement-sophrologie-2026-12-17.pdf »."""
    day = timezone.localtime(slot.starts_at)
    return file_name(f"emargement {slot.session.title[:70]} {day:%Y-%m-%d}", "pdf")
