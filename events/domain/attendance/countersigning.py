"""Who leads answers for a closed sheet with a signature of their own."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from common.errors import DomainError
from events.access import LEADING
from events.domain import seats
from events.domain.attendance.reading import current_sheet
from events.domain.attendance.writing import digest
from events.models import AttendanceSheet, Session, SessionRole, Signature
from members.models import User

Strokes = Sequence[Sequence[int]]
MOST_STROKES, MOST_NUMBERS, FRAME = 100, 6000, 1000


def countersign(*, sheet: AttendanceSheet, user: User, strokes: Strokes = ()) -> Signature:
    """Countersign the last version of a sheet; once each, and repeating it is harmless.

    ``strokes``: the lines drawn by hand, if any (see ``Signature``).
    """
    strokes = checked_strokes(strokes)
    with transaction.atomic():
        session = seats.lock(session_id=sheet.slot.session_id)
        if not leads(session=session, user=user):
            raise DomainError("Seules les personnes qui animent cette session contresignent sa feuille.")
        if current_sheet(sheet.slot) != sheet:
            raise DomainError("Cette feuille a été corrigée depuis : contresignez la dernière version.")
        signed = Signature.objects.filter(sheet=sheet, user=user).first()
        if signed is None or (strokes and not signed.strokes):
            signed = _sign(session, sheet, user, strokes, signed)
        return signed


def countersign_at_once(*, sheet: AttendanceSheet, user: User, strokes: Strokes = ()) -> None:
    """The one who closes and leads has countersigned by closing. Needs the session held."""
    strokes = checked_strokes(strokes)
    if leads(session=sheet.slot.session, user=user):
        _sign(sheet.slot.session, sheet, user, strokes, None)


def leads(*, session: Session, user: User) -> bool:
    return SessionRole.objects.filter(session=session, user=user, role__in=LEADING).exists()


def checked_strokes(strokes: Any) -> list[list[int]]:
    """Lines of a drawn signature as they may be stored; whatever a browser sends is looked at here."""
    lines = list(strokes) if isinstance(strokes, list | tuple) else None
    if lines is None or len(lines) > MOST_STROKES or not all(_is_line(line) for line in lines):
        raise DomainError("Cette signature ne se lit pas : recommencez-la.", field="strokes")
    if sum(len(line) for line in lines) > MOST_NUMBERS:
        raise DomainError("Cette signature est trop longue : recommencez-la.", field="strokes")
    return [list(line) for line in lines]


def _is_line(line: Any) -> bool:
    return (
        isinstance(line, list | tuple)
        and len(line) >= 2
        and len(line) % 2 == 0
        and all(type(number) is int and 0 <= number <= FRAME for number in line)
    )


def _sign(
    session: Session, sheet: AttendanceSheet, user: User, strokes: Strokes, signed: Signature | None
) -> Signature:
    signed = signed or Signature(slot=sheet.slot, sheet=sheet, user=user)
    signed.strokes = strokes
    signed.digest = digest({"sheet": sheet.content_hash, "user": user.pk, "strokes": strokes})
    signed.signed_at = timezone.now()
    signed.save()
    data = {"slot": sheet.slot_id, "version": sheet.version, "digest": signed.digest}
    log(instance=session, action="escale.countersign", user=user, data=data)
    return signed
