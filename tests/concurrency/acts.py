"""What one of a crowd does in a process of their own: the rule that is called, and the answer in a word."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from io import StringIO
from typing import Any
from unittest.mock import patch

from django.core.management import call_command
from django.test import override_settings
from django.utils import timezone

from events.domain import mailings, registration, rule_queue
from events.domain.people import Person
from events.domain.planning import Common, Occasion, plan_season
from events.domain.registration import accept_offer, decline_offer, register, register_many, withdraw
from events.domain.roles import RoleLine
from events.domain.session_slots import SlotTimes, stored_times
from events.domain.sessions import edit_session
from events.models import ActivityPage, Registration, Session
from members.domain.consents import give_consent, withdraw_consent
from members.models import Consent, Organisation, User
from pages.domain import retention
from pages.domain.erasure import Reason, erase


def person(i: int) -> Person:
    return Person(
        first_name="Camille", last_name=f"Martin {i}", email=f"camille{i}@example.org", profession="60"
    )


@dataclass(frozen=True)
class Act:
    """What one of the crowd does, and with which registration, session or activity.

    ``by`` is the account of a coordinator, ``text`` what they typed.
    """

    what: str
    pk: int = 0
    person: int = 0
    is_member: bool = False
    by: int = 0
    text: str = ""


def answer(act: Act) -> str:
    return ACTS[act.what](act)


def _register(act: Act) -> str:
    someone = replace(person(act.person), is_member=act.is_member)
    outcome = register(session=Session.objects.get(pk=act.pk), person=someone)
    return "limited" if outcome.limited else str(outcome.registration.state)


def _register_many(act: Act) -> str:
    """To the sessions whose keys ``text`` holds, in that order; the states in the order of the calendar."""
    sessions = [Session.objects.get(pk=int(pk)) for pk in act.text.split()]
    someone = replace(person(act.person), is_member=act.is_member)
    outcomes = register_many(sessions=sessions, person=someone)
    if any(outcome.limited for outcome in outcomes):
        return "limited"
    return " ".join(str(outcome.registration.state) for outcome in outcomes)


def _own(rule: Callable[..., Any]) -> Callable[[Act], str]:
    """A person's own decision about their registration."""

    def act_of(act: Act) -> str:
        mine = Registration.objects.get(pk=act.pk)
        rule(registration=mine)
        return str(mine.state)

    return act_of


def _decide(rule: Callable[..., Any]) -> Callable[[Act], str]:
    """A coordinator's decision about somebody."""

    def act_of(act: Act) -> str:
        theirs = Registration.objects.get(pk=act.pk)
        reason = {"reason": act.text} if act.text else {}
        rule(registration=theirs, by=User.objects.get(pk=act.by), **reason)
        return str(theirs.state)

    return act_of


def _walk_in(act: Act) -> str:
    session, by = Session.objects.get(pk=act.pk), User.objects.get(pk=act.by)
    return str(registration.add_walk_in(session=session, person=person(act.person), by=by).state)


def _edit(act: Act) -> str:
    """Everybody read the form at version 1; each calls the session by a title, and ``person`` leads it."""
    session = Session.objects.get(pk=act.pk)
    slots = stored_times(session)
    session.title = act.text
    roles = [RoleLine("animation", "Une sophrologue", person(act.person).email)] if act.person else []
    edit_session(session=session, slots=slots, roles=roles, seen=1, by=User.objects.get(pk=act.by))
    return "saved"


def _plan(act: Act) -> str:
    """A season of ten, the same for everybody who plans it."""
    first = timezone.now().replace(hour=18, minute=0, second=0, microsecond=0)
    starts = [first + timedelta(weeks=week) for week in range(1, 11)]
    occasions = [Occasion((SlotTimes(start, start + timedelta(hours=2)),), "Sophrologie") for start in starts]
    batch = plan_season(
        activity=ActivityPage.objects.get(pk=act.pk),
        occasions=occasions,
        common=Common(capacity=12),
        publish=True,
        by=User.objects.get(pk=act.by),
    )
    return f"{len(batch.created)} created, {len(batch.skipped)} skipped"


def _send(act: Act) -> str:
    """To everybody of the session; ``text`` is what the form was given once."""
    session = Session.objects.get(pk=act.pk)
    people = list(session.registrations.order_by("pk"))
    text = {"subject": "Parking", "body": "Bonjour {prenom}"}
    by = User.objects.get(pk=act.by)
    return str(mailings.send(session=session, registrations=people, once=act.text, by=by, **text).pk)


def _erase(act: Act) -> str:
    """The person of that number asks for it, from their own space."""
    erase(user=User.objects.get(email=person(act.person).email), by=None, reason=Reason.PERSON)
    return "erased"


def _agree(act: Act) -> str:
    """To hear of an organisation; ``text`` « no » takes it back."""
    rule = withdraw_consent if act.text == "no" else give_consent
    found = Organisation.objects.get(pk=act.pk)
    rule(user=User.objects.get(pk=act.by), organisation=found, purpose=Consent.Purpose.NEWS)
    return "agreed"


def _run_due(act: Act) -> str:
    """What cron starts each minute, mails included: they go nowhere."""
    said = StringIO()
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend"):
        call_command("run_due", stdout=said)
    return said.getvalue()


def _purge(act: Act) -> str:
    """What the night does, ``pk`` days from now: what went, kind by kind.

    Without the journal: the database knows that it is not that old.
    """
    with patch.dict(retention.KINDS):
        del retention.KINDS["journal"]
        lines = retention.purge(now=timezone.now() + timedelta(days=act.pk))
    return " ".join(f"{line.code}={line.count}" for line in lines)


ACTS: dict[str, Callable[[Act], str]] = {
    "register": _register,
    "register many": _register_many,
    "withdraw": _own(withdraw),
    "accept": _own(accept_offer),
    "decline": _own(decline_offer),
    "approve": _decide(registration.approve),
    "refuse": _decide(registration.decline),
    "promote": _decide(registration.promote),
    "walk in": _walk_in,
    "edit": _edit,
    "plan": _plan,
    "send": _send,
    "fill_due": lambda act: str(registration.fill_due()),
    "expire_offers": lambda act: str(registration.expire_offers()),
    "erase": _erase,
    "agree": _agree,
    "run_due": _run_due,
    "purge": _purge,
    "queue_due": lambda act: str(rule_queue.queue_due()),
}
