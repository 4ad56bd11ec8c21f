"""Creating many sessions of one activity: all of them or none, and none of them twice."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction

from common import moments
from common.errors import DomainError
from events.domain.recurrence import MAX_DATES
from events.domain.roles import RoleLine
from events.domain.session_agenda import AgendaLine
from events.domain.session_documents import DocumentLine
from events.domain.session_slots import SlotTimes
from events.domain.sessions import edit_session
from events.models import ActivityPage, Session
from members.models import User


@dataclass(frozen=True)
class NewSession:
    """An unsaved session with what goes into rows of its own."""

    session: Session
    slots: Sequence[SlotTimes]
    roles: Sequence[RoleLine] = ()
    agenda: Sequence[AgendaLine] = ()
    documents: Sequence[DocumentLine] = ()

    @property
    def key(self) -> tuple[object, str]:
        """Two sessions of an activity that begin together under one title are the same session."""
        return min(slot.starts_at for slot in self.slots), self.session.title.casefold()


@dataclass(frozen=True)
class Batch:
    """``skipped`` were there already; one sentence each."""

    created: list[Session] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)


class BatchError(DomainError):
    """One session is refused, so none is created; ``index`` is its place in what was handed over."""

    def __init__(self, error: DomainError, index: int) -> None:
        super().__init__(str(error), field=error.field)
        self.index = index


def create_all(
    *, activity: ActivityPage, wanted: Sequence[NewSession], publish: bool, by: User | None
) -> Batch:
    """Create ``wanted``, as drafts or published. Sending the same form twice creates nothing twice."""
    if not wanted:
        raise DomainError("Gardez au moins une date.")
    if len(wanted) > MAX_DATES:
        raise DomainError(f"{MAX_DATES} sessions au plus en une fois.")
    batch = Batch()
    with transaction.atomic():
        # Two submissions of one form take turns: the second one finds what the first created.
        ActivityPage.objects.select_for_update(no_key=True, of=("self",)).get(pk=activity.pk)
        known = _known(activity, wanted)
        for index, one in enumerate(wanted):
            _check(one, index)
            if one.key in known:
                batch.skipped.append(_already(one))
                continue
            known.add(one.key)
            batch.created.append(_create(one, index, publish, by))
    return batch


def create_session(
    *,
    session: Session,
    slots: Sequence[SlotTimes],
    roles: Sequence[RoleLine] = (),
    agenda: Sequence[AgendaLine] = (),
    documents: Sequence[DocumentLine] = (),
    publish: bool = False,
    by: User | None,
) -> Session:
    """Create one. Raises ``DomainError`` when it is there already: a form was sent twice."""
    wanted = [NewSession(session, slots, roles, agenda, documents)]
    batch = create_all(activity=session.activity, wanted=wanted, publish=publish, by=by)
    if batch.skipped:
        raise DomainError("Cette session existe déjà : même titre, même heure.", field="title")
    return batch.created[0]


def _create(one: NewSession, index: int, publish: bool, by: User | None) -> Session:
    try:
        return edit_session(
            session=one.session,
            slots=one.slots,
            roles=one.roles,
            agenda=one.agenda,
            documents=one.documents,
            publish=publish,
            seen=None,
            by=by,
        )
    except DomainError as error:
        raise BatchError(error, index) from None


def _check(one: NewSession, index: int) -> None:
    if not one.session.title.strip():
        raise BatchError(DomainError("Indiquez un titre ou un thème.", field="title"), index)
    if not one.slots:
        raise BatchError(DomainError("Indiquez au moins un créneau.", field="hours"), index)


def _known(activity: ActivityPage, wanted: Sequence[NewSession]) -> set[tuple[object, str]]:
    """The keys of the stored sessions; a cancelled one may be planned again."""
    starts = {slot.starts_at for one in wanted for slot in one.slots}
    stored = Session.objects.filter(activity=activity, starts_at__in=starts).exclude(
        status=Session.Status.CANCELLED
    )
    return {(starts_at, title.casefold()) for starts_at, title in stored.values_list("starts_at", "title")}


def _already(one: NewSession) -> str:
    when = moments.moment(min(slot.starts_at for slot in one.slots))
    return f"« {one.session.title} » existait déjà, {when} : elle n’est pas créée une seconde fois."
