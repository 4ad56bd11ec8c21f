"""The code projected in the room: it changes every half-minute, so that only who is there can scan it.

A code is an HMAC over the slot and the half-minute. Scanning it earns a pass of a few minutes, enough to
type one's address; a pass opens that slot and nothing else.
"""

import time

from django.core.signing import BadSignature, Signer, TimestampSigner
from django.urls import reverse

from common.numbers import row_number
from events.domain.links import LinkError
from events.domain.mails import absolute
from events.models import Slot

STEP_SECONDS = 30
PASS_SECONDS = 5 * 60

_codes = Signer(sep=".", salt="escale.room")
_passes = TimestampSigner(sep=".", salt="escale.room.pass")


def room_url(*, slot: Slot, now: float | None = None) -> str:
    return absolute(reverse("events:here", args=[room_token(slot=slot, now=now)]))


def room_token(*, slot: Slot, now: float | None = None) -> str:
    return _codes.sign(f"{slot.pk}.{_step(now)}")


def seconds_left(*, now: float | None = None) -> int:
    """Until the next code."""
    return STEP_SECONDS - int(time.time() if now is None else now) % STEP_SECONDS


def read_room_token(token: str, *, now: float | None = None) -> Slot:
    """The slot of a code of this half-minute or the one before. Raises ``LinkError``."""
    try:
        pk, step = (row_number(part) for part in _codes.unsign(token).split("."))
    except (BadSignature, ValueError):
        raise LinkError from None
    if step not in (_step(now), _step(now) - 1):
        raise LinkError
    return _slot(pk)


def room_pass(*, slot: Slot) -> str:
    return _passes.sign(str(slot.pk))


def read_room_pass(text: str) -> Slot:
    """Raises ``LinkError``."""
    try:
        return _slot(row_number(_passes.unsign(text, max_age=PASS_SECONDS)))
    except BadSignature:
        raise LinkError from None


def _slot(pk: int | None) -> Slot:
    slots = Slot.objects.select_related("session__activity__organisation")
    found = slots.filter(pk=pk).first() if pk is not None else None
    if found is None:
        raise LinkError
    return found


def _step(now: float | None) -> int:
    return int(time.time() if now is None else now) // STEP_SECONDS
