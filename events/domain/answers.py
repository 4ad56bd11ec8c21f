"""What people answer to the questions of a registration: which are asked, what is kept, when it is erased."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from common.errors import DomainError
from events.models import Answer, Question, Registration, Session
from members.domain.retention import policy

Kind = Question.Kind
State = Registration.State
ANSWER_LENGTH = 2000
YES, NO = "Oui", "Non"
GONE = (State.WITHDRAWN, State.CANCELLED, State.DECLINED, State.EXPIRED)

CONTROLS = frozenset(chr(code) for code in range(32)) - {"\n", "\r", "\t"}


def questions_of(session: Session) -> list[Question]:
    """What ``session`` asks, in order; the rank of a question is its place in this list, from 1."""
    if session.question_set_id is None:
        return []
    return list(Question.objects.filter(question_set=session.question_set_id).order_by("sort_order", "pk"))


def questions_by_set(sessions: Iterable[Session]) -> dict[int, list[Question]]:
    """What several sessions ask, each set once, in the order in which the sessions first ask it."""
    found: dict[int, list[Question]] = {
        each.question_set_id: [] for each in sessions if each.question_set_id is not None
    }
    if found:
        for question in Question.objects.filter(question_set__in=found).order_by("sort_order", "pk"):
            found[question.question_set_id].append(question)
    return found


def field_name(question: Question) -> str:
    """How a form, and the refusals below, name the answer to ``question``."""
    return f"question_{question.pk}"


def options_of(question: Question) -> list[str]:
    """The choices, one a line, without those left empty or said twice."""
    return list(dict.fromkeys(line.strip() for line in question.options.splitlines() if line.strip()))


def checked(
    questions: Sequence[Question], given: Mapping[int, Any], *, staff: bool = False
) -> tuple[dict[int, Any], list[DomainError]]:
    """The answers to keep, by question, and what is refused.

    A question whose condition is not met is not asked: its answer is ignored. The coordination, who
    registers somebody on the phone, may leave any question without an answer.
    """
    kept: dict[int, Any] = {}
    refused = []
    by_rank: dict[int, Any] = {}
    for rank, question in enumerate(questions, start=1):
        if not is_asked(question, by_rank):
            continue
        try:
            value = _checked_value(question, given.get(question.pk), required=question.required and not staff)
        except DomainError as error:
            refused.append(error)
            continue
        if value is not None:
            kept[question.pk] = by_rank[rank] = value
    return kept, refused


def is_asked(question: Question, by_rank: Mapping[int, Any]) -> bool:
    """Whether the earlier answers, by rank, call for ``question``."""
    if not question.shown_if_number:
        return True
    value, wanted = by_rank.get(question.shown_if_number), question.shown_if_answer
    if isinstance(value, bool):
        return value and wanted.casefold() == YES.casefold()
    return wanted in value if isinstance(value, list) else value == wanted


def keep(
    *, registration: Registration, answers: Mapping[int, Any], questions: Sequence[Question] | None = None
) -> list[Answer]:
    """Store what a new registration answered, each with its question as it was asked.

    Call it in the transaction of the registration; ``questions`` are those of the session if they were
    just read. Raises ``DomainError`` naming the field.
    """
    questions = questions_of(registration.session) if questions is None else questions
    staff = registration.source == Registration.Source.STAFF
    kept, refused = checked(questions, answers, staff=staff)
    if refused:
        raise refused[0]
    return Answer.objects.bulk_create(
        Answer(
            registration=registration,
            question=question,
            label=question.label,
            kind=question.kind,
            value=kept[question.pk],
            is_need=question.is_need,
        )
        for question in questions
        if question.pk in kept
    )


def of(registrations: Iterable[Registration]) -> dict[int, list[Answer]]:
    """The answers of each registration, in the order in which they were asked; one query."""
    found: dict[int, list[Answer]] = {registration.pk: [] for registration in registrations}
    for answer in Answer.objects.filter(registration__in=list(found)).order_by("pk"):
        found[answer.registration_id].append(answer)
    return found


def in_words(answer: Answer) -> str:
    """The answer as a list or an export shows it."""
    if isinstance(answer.value, bool):
        return YES if answer.value else NO
    return ", ".join(answer.value) if isinstance(answer.value, list) else str(answer.value)


def purge_needs(*, now: datetime | None = None, dry_run: bool = False) -> int:
    """Erase dietary and access needs some days after the session, or after the person gave their place back.

    Returns how many answers are erased; with ``dry_run``, how many would be.
    """
    before = (now or timezone.now()) - timedelta(days=policy().needs_days)
    over = Q(session__ends_at__lte=before) | Q(state__in=GONE, state_changed_at__lte=before)
    # Asked of each need, which are few: joined, SQLite would begin with every session.
    useless = Answer.objects.filter(
        Exists(Registration.objects.filter(over, pk=OuterRef("registration"))), is_need=True
    )
    return useless.count() if dry_run else useless.delete()[0]


def _checked_value(question: Question, raw: Any, *, required: bool) -> Any:
    """``raw`` in its stored form; None when nothing was answered."""
    if question.kind in (Kind.CHECKBOX, Kind.CONSENT):
        value: Any = bool(raw)
        missing = not value
    elif question.kind == Kind.MULTIPLE:
        value = _chosen(question, raw if isinstance(raw, list | tuple) else [raw] if raw else [])
        missing = not value
    elif question.kind == Kind.CHOICE:
        value = next(iter(_chosen(question, [raw] if raw else [])), None)
        missing = value is None
    else:
        value = _text(question, raw)
        missing = not value
    if missing and required:
        raise DomainError(_required(question), field=field_name(question))
    return None if missing and not isinstance(value, bool) else value


def _chosen(question: Question, raw: Sequence[Any]) -> list[str]:
    options = options_of(question)
    if any(each not in options for each in raw):
        raise DomainError("Choisissez une réponse de la liste.", field=field_name(question))
    return [option for option in options if option in raw]


def _text(question: Question, raw: Any) -> str:
    text = str(raw or "").replace("\r\n", "\n").strip()
    if CONTROLS & set(text):
        raise DomainError(
            "La réponse contient un caractère invisible : retapez-la.", field=field_name(question)
        )
    if len(text) > ANSWER_LENGTH:
        raise DomainError("La réponse dépasse 2 000 caractères.", field=field_name(question))
    return text


def _required(question: Question) -> str:
    if question.kind == Kind.CONSENT:
        return "Sans votre accord sur ce point, l’inscription n’est pas possible."
    if question.kind == Kind.CHECKBOX:
        return "Cochez cette case pour vous inscrire."
    if question.kind == Kind.TEXT:
        return "Répondez à cette question."
    return "Choisissez une réponse." if question.kind == Kind.CHOICE else "Choisissez au moins une réponse."
