"""Who came signs in: from their own phone, or by hand on the screen of who leads."""

import secrets
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from common.errors import DomainError
from events.domain.attendance.countersigning import Strokes, checked_strokes
from events.domain.attendance.writing import State, digest, lock_open, noted, write
from events.domain.people import not_erased
from events.models import Registration, Signature, Slot
from events.models.attendance import CAME
from members.emails import is_usable, normalise_email
from members.models import User

# People sign in from their own phone from this long before the slot until this long after it.
AROUND = timedelta(hours=2)
NAME_LENGTH = 160
Way = Signature.Way


def sign(
    *,
    slot: Slot,
    registration: Registration,
    by: User | None,
    strokes: Strokes = (),
    typed: str = "",
    way: str = Way.SCREEN,
) -> Signature:
    """The signature of somebody confirmed, drawn or typed; who has no mark yet is present by it.

    Drawn again on the screen of who leads it replaces the one before; sent again from the person's own
    phone it is harmless.
    """
    strokes, typed = checked_strokes(strokes), _checked_typed(typed)
    if not strokes and not typed:
        raise DomainError("Signez dans le cadre, ou tapez votre nom.", field="strokes")
    with transaction.atomic():
        lock_open(slot)
        if not not_erased({registration.user_id}):
            raise DomainError("Les données de cette personne sont effacées : elle ne peut plus signer.")
        known = noted(slot).get(registration.pk)
        if known is not None and known[0] not in CAME:
            raise DomainError("Cette personne est notée absente : changez d’abord sa présence.")
        signed = Signature.objects.filter(slot=slot, registration=registration).first()
        if signed is not None and way == Way.QR:
            return signed
        if known is None:  # checks as well that the person is confirmed
            write(slot, {registration.pk: State.PRESENT}, by=by)
        else:
            write(slot, {registration.pk: known[0]}, by=by)
        signed = signed or Signature(slot=slot, registration=registration)
        signed.way, signed.strokes, signed.signed_at = Way(way), strokes, timezone.now()
        signed.digest = digest(_said(signed, typed))
        signed.save()
        data = {"slot": slot.pk, "registration": registration.pk, "way": signed.way, "digest": signed.digest}
        log(instance=slot.session, action="escale.sign", user=by, data=data)
        return signed


def check_in(
    *, slot: Slot, user: User | None = None, email: str = "", strokes: Strokes = (), typed: str = ""
) -> bool:
    """Note present whoever stands in the room and has just scanned the code shown there.

    By their account, or the address they registered with. What is noted already stands. Returns whether
    somebody confirmed was found: who types an address is told the same either way. ``strokes`` or
    ``typed``: the signature, where the organisation wants one.
    """
    if refusal := closed_to_phones(slot=slot):
        raise DomainError(refusal)
    # Before anybody is looked for: what it says must not depend on the address.
    strokes, typed = checked_strokes(strokes), _checked_typed(typed)
    with transaction.atomic():
        lock_open(slot)
        found = _found(slot, user, email)
        if found is None:
            return False
        known = noted(slot).get(found.pk)
        if known is None:
            write(slot, {found.pk: State.PRESENT}, by=user)
        if (strokes or typed) and (known is None or known[0] in CAME):
            sign(slot=slot, registration=found, by=user, way=Way.QR, strokes=strokes, typed=typed)
        return True


def closed_to_phones(*, slot: Slot) -> str:
    """Why nobody signs in from their own phone now; or nothing."""
    if not slot.starts_at - AROUND <= timezone.now() <= slot.ends_at + AROUND:
        return "On s’émarge ici pendant la session seulement."
    return ""


def confirmed_registration(*, slot: Slot, user: User) -> Registration | None:
    return _found(slot, user, "")


def _found(slot: Slot, user: User | None, email: str) -> Registration | None:
    confirmed = Registration.objects.filter(session_id=slot.session_id, state=Registration.State.CONFIRMED)
    if user is not None:
        return confirmed.filter(user=user).first()
    address = normalise_email(email)
    return confirmed.filter(user__email=address).first() if is_usable(address) else None


def _checked_typed(typed: str) -> str:
    typed = " ".join(typed.replace("\0", " ").split())
    if len(typed) > NAME_LENGTH:
        raise DomainError(f"Le nom tient en {NAME_LENGTH} signes.", field="typed")
    return typed


def _said(signed: Signature, typed: str) -> dict[str, Any]:
    """What is digested: of a drawing, what is kept of it, which proves it.

    A typed name is not kept; a random number with it, or trying names would tell whose it was, also once
    the person is erased.
    """
    return {
        "slot": signed.slot_id,
        "registration": signed.registration_id,
        "at": signed.signed_at.isoformat(),
        "strokes": signed.strokes,
        "typed": "" if signed.strokes else f"{typed} {secrets.token_hex(16)}",
    }
