"""The paper sheets of slots, to be signed on the spot: names and professions, no address, no number."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from common import moments
from common.pdf import IMAGE_SCHEME, write_pdf
from events.access import LEADING
from events.domain import layout
from events.domain.exports import file_name
from events.domain.roster import on_paper
from events.domain.sheet_words import SheetWords, words_of
from events.models import Registration, Session, Slot
from members.models import User

BLANK_LINES = 5  # for those who come without a place
ROOM = 17  # lines that leave each of them the height of a large signature on one page
LOGO = "logo.jpg"


def sign_in_sheets(
    *, session: Session, slots: Sequence[Slot], by: User | None, link: int | None = None
) -> bytes:
    """One PDF, a sheet for each of ``slots``; who took it is kept, or through which ``link``.

    Each person has the same number on each sheet, which quick entry reads: see ``domain.paper``.
    """
    people = on_paper(session=session)
    _log(session, slots, len(people), by, link)
    leading = session.roles.filter(role__in=LEADING).order_by("pk")
    return draw_sheets(
        session=session,
        slots=slots,
        people=people,
        leading=[(role.get_role_display(), role.name) for role in leading],
        words=words_of(session),
    )


def draw_sheets(
    *,
    session: Session,
    slots: Sequence[Slot],
    people: Sequence[Registration],
    leading: Sequence[tuple[str, str]],
    words: SheetWords,
    preview: bool = False,
) -> bytes:
    """The same on paper, from rows that need not be saved."""
    lines = len(people) + BLANK_LINES
    context = {
        "session": session,
        "words": words,
        "logo": f"{IMAGE_SCHEME}{LOGO}" if words.logo else "",
        "sheets": [_sheet(slot) for slot in slots],
        "where": layout.where(session),
        "leading": leading,
        "people": people,
        "blank": range(len(people) + 1, lines + 1),
        "is_roomy": lines <= ROOM,
        "preview": preview,
        "created": timezone.localtime().isoformat(timespec="seconds"),
    }
    return write_pdf(
        template="pdf/sign_in_sheet.html",
        style="pdf/sign_in_sheet.css",
        context=context,
        identifier=f"escale-emargement-{session.pk}-{timezone.now():%Y%m%d%H%M%S}",
        images={LOGO: words.logo} if words.logo else None,
    )


def sheet_name(session: Session, slots: Sequence[Slot]) -> str:
    """The file's name: « emargement-sophrologie-2026-12-17.pdf »."""
    day = timezone.localtime(slots[0].starts_at if slots else session.starts_at)
    return file_name(f"emargement {session.title[:70]} {day:%Y-%m-%d}", "pdf")


def _sheet(slot: Slot) -> dict[str, str]:
    return {
        "when": moments.span(slot.starts_at, slot.ends_at),
        "hours": moments.duration(slot.minutes),
        "label": slot.label,
    }


def _log(session: Session, slots: Sequence[Slot], rows: int, by: User | None, link: int | None) -> None:
    data: dict[str, Any] = {
        "what": "sign_in_sheet",
        "file_type": "pdf",
        "columns": ["last_name", "first_name", "profession", "signature"],
        "rows": rows,
        **({"slot": slots[0].pk} if len(slots) == 1 else {"slots": len(slots)}),
        **({} if link is None else {"link": link}),
    }
    with transaction.atomic():
        log(instance=session, action="escale.export", user=by, data=data)
