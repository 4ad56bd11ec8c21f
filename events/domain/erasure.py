"""Taking people out of what an activity keeps, while every count stays: who came remains somebody.

A registration keeps what reports count (profession, civility, member or not, state, presences) and
loses what names or tells of a person; its answers go, and so do the texts of its messages and the
lines of its signatures, whose digest a closed sheet keeps.
"""

from collections.abc import Collection

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from common import moments
from common.errors import DomainError
from events.domain import registration as registrations
from events.domain import seats
from events.domain.mailings import TRIAL
from events.domain.outbox import SAYS_NOTHING
from events.models import (
    ACTIVE_STATES,
    Answer,
    AttendeeLink,
    Message,
    Registration,
    Session,
    SessionRole,
    Signature,
)
from members.emails import new_nobody
from members.models import User

FIRST_NAME, LAST_NAME = "Personne", "effacée"
WAITING_TO_LEAVE = (Message.State.QUEUED, Message.State.SENDING)
FAREWELL = "erased"


def obstacles(user: User) -> list[str]:
    """Coming sessions that ``user`` leads or speaks at: somebody else has to be named first."""
    roles = SessionRole.objects.filter(user=user, session__ends_at__gt=timezone.now())
    roles = roles.exclude(session__status=Session.Status.CANCELLED).select_related("session")
    return [
        f"{each.get_role_display()} de « {each.session.title} », {moments.day(each.session.starts_at)} : "
        "la structure doit d’abord nommer quelqu’un d’autre."
        for each in roles.order_by("session__starts_at", "pk")
    ]


def coming(user: User) -> QuerySet[Registration]:
    """In the order in which their sessions are held."""
    active = Registration.objects.filter(
        user=user, state__in=ACTIVE_STATES, session__starts_at__gt=timezone.now()
    )
    return active.select_related("session__activity__organisation").order_by("session_id", "pk")


def sessions_of(user: User) -> set[int]:
    """Where ``user`` ever registered, or has a role."""
    registered = Registration.objects.filter(user=user).order_by().values_list("session", flat=True)
    return {*registered, *SessionRole.objects.filter(user=user).order_by().values_list("session", flat=True)}


def hold_sessions(user: User) -> set[int]:
    """``sessions_of`` them, held until the transaction ends: whoever writes to their people waits."""
    found = sessions_of(user)
    try:
        seats.lock_all(session_ids=sorted(found))
    except Session.DoesNotExist:
        raise DomainError("Une session vient d’être supprimée : recommencez.") from None
    return found


def withdraw_coming(user: User) -> int:
    """Give every place back, through the rule: those who wait have it at once."""
    found = list(coming(user))
    for registration in found:
        registrations.withdraw(registration=registration)
    return len(found)


def erase_person(*, user: User, addresses: Collection[str]) -> int:
    """Leave nothing that names ``user``; returns how many registrations stay, as counts.

    Needs the account held, and the coming places given back.
    """
    own = list(Registration.objects.filter(user=user).values_list("pk", flat=True))
    strip(own)
    _strip_messages(Message.objects.filter(recipient__in=addresses))
    _strip_messages(Message.objects.filter(kind=TRIAL, session__in=sessions_of(user)))  # may quote them
    Signature.objects.filter(user=user).update(strokes=[])
    AttendeeLink.objects.filter(role__user=user).delete()
    # A form that was opened before names them: it has to be told.
    Session.objects.filter(roles__user=user).update(version=F("version") + 1)
    SessionRole.objects.filter(user=user).update(user=None, name="Nom retiré", presentation="", disclosure="")
    return len(own)


def strip(keys: Collection[int]) -> None:
    """Anonymise the registrations ``keys``; their personal links open nothing any more."""
    Answer.objects.filter(registration__in=keys).delete()
    Signature.objects.filter(registration__in=keys).update(strokes=[])
    _strip_messages(Message.objects.filter(registration__in=keys))
    Registration.objects.filter(pk__in=keys).update(
        first_name=FIRST_NAME,
        last_name=LAST_NAME,
        email=new_nobody(),
        rpps="",
        link_version=F("link_version") + 1,
    )


def farewells_left() -> QuerySet[Message]:
    """The last words to somebody erased, once they left: the address is not kept."""
    over = Message.objects.exclude(state__in=WAITING_TO_LEAVE)
    return over.filter(kind=FAREWELL).exclude(recipient="")


def forget_farewells() -> int:
    return blank(farewells_left())


def blank(messages: QuerySet[Message]) -> int:
    """Keep that a message left, and of what kind; not to whom, nor what it said."""
    return messages.update(**SAYS_NOTHING)


def _strip_messages(messages: QuerySet[Message]) -> None:
    messages.filter(state__in=WAITING_TO_LEAVE).update(state=Message.State.DROPPED, locked_until=None)
    blank(messages.filter(~Q(recipient="")))
