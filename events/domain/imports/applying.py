"""Doing what a plan says: one transaction per session, so that a failure costs that session only."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import DatabaseError, transaction
from wagtail import hooks
from wagtail.log_actions import log

from common.errors import DomainError
from events.domain import attendance, seats, survey
from events.domain.imports.lines import Action
from events.domain.imports.planning import Plan, SessionPlan
from events.domain.registration import ImportRow, import_registrations
from events.domain.sessions import SlotTimes, save_session
from events.models import ActivityPage, Session
from members.models import User

logger = logging.getLogger(__name__)


@dataclass
class Result:
    """``failures`` name each session that was left as it was, with the reason."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    sessions: int = 0
    failures: list[str] = field(default_factory=list)


def apply(*, plan: Plan, by: User | None, progress: Callable[[int, int], None] | None = None) -> Result:
    """Import what ``plan`` found importable, without any message; ``progress``: sessions done, of all."""
    result = Result(refused=plan.counts[Action.ERROR], unchanged=plan.counts[Action.UNCHANGED])
    for done, group in enumerate(plan.sessions, start=1):
        if not group.is_unchanged:
            _attempt(plan.activity, group, by, result)
        if progress:
            progress(done, len(plan.sessions))
    return result


def _attempt(activity: ActivityPage, group: SessionPlan, by: User | None, result: Result) -> None:
    try:
        with transaction.atomic():
            _import_session(activity, group, by)
    except DomainError as error:
        result.failures.append(f"{group} : {error}")
        return
    except DatabaseError:
        # Its text would quote rows: the kind of failure is enough.
        logger.error("Import of a session failed in the database", extra={"activity": activity.pk})
        result.failures.append(
            f"{group} : la base de données a refusé cette session, peut-être importée au même moment. "
            "Recommencez l’import."
        )
        return
    result.sessions += 1
    result.created += sum(each.line.action == Action.CREATE for each in group.changes)
    result.updated += sum(each.line.action == Action.UPDATE for each in group.changes)


def _import_session(activity: ActivityPage, group: SessionPlan, by: User | None) -> None:
    session = _correct(group.session, group) if group.session else _create(activity, group, by)
    changes = group.changes
    imported = import_registrations(
        session=session, rows=[ImportRow(each.person, each.state, session.starts_at) for each in changes]
    )
    slot = session.slots.get()
    marks = {
        done.registration.pk: str(each.mark)
        for done, each in zip(imported, changes, strict=True)
        if each.mark is not None
    }
    attendance.mark_imported(slot=slot, marks=marks, by=by)
    attendance.settle_imported_sheet(slot=slot, by=by)
    if group.session:  # what was made of the file before says now what this one says
        for follow in hooks.get_hooks("escale_imported_again"):
            follow(session=session, by=by)
    if group.replaces_scores:
        survey.replace_imported_responses(session=session, scores=group.scores)
    log(
        instance=session,
        action="escale.import",
        user=by,
        data={
            "created": sum(each.created for each in imported),
            "updated": sum(not each.created for each in imported),
            "scores": len(group.scores),
            "before": {name: str(getattr(group.session, name)) for name in group.corrections},
            "after": {name: str(value) for name, value in group.corrections.items()},
        },
    )


def _create(activity: ActivityPage, group: SessionPlan, by: User | None) -> Session:
    facts = group.facts
    session = Session(
        activity=activity,
        title=facts.title,
        status=Session.Status.PUBLISHED,
        place_name=facts.place_name,
        city=facts.city,
        capacity=facts.capacity,
        imported=True,
    )
    return save_session(session=session, slots=[SlotTimes(facts.starts_at, facts.ends_at)], by=by)


def _correct(stored: Session, group: SessionPlan) -> Session:
    """Facts of a session that is over: nobody is told, unlike ``sessions.save_session``."""
    session = seats.lock(session_id=stored.pk)
    if session.status != Session.Status.PUBLISHED or not session.imported:
        raise DomainError("cette session vient de changer. Recommencez l’import.")
    if group.corrections:
        for name, value in group.corrections.items():
            setattr(session, name, value)
        session.excess = seats.excess(session)
        session.save(update_fields=[*group.corrections, "excess"])
    return session
