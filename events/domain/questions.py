"""Sets of registration questions: what makes a set sound, and how it is saved, copied and deleted."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from common.errors import DomainError
from common.versions import raise_version
from events.domain.answers import YES, options_of
from events.models import ActivityPage, Question, QuestionSet, Session
from members.models import User

Kind = Question.Kind
MAX_QUESTIONS, MAX_OPTIONS, OPTION_LENGTH = 30, 50, 240
TICKED = (Kind.CHECKBOX, Kind.CONSENT)
LISTED = (Kind.CHOICE, Kind.MULTIPLE)


@dataclass(frozen=True)
class Uses:
    """Who asks a set: sessions, latest first, and activities whose next sessions begin with it."""

    sessions: list[Session]
    activities: list[ActivityPage]

    def __bool__(self) -> bool:
        return bool(self.sessions or self.activities)


def uses(*, question_set: QuestionSet) -> Uses:
    return Uses(
        sessions=list(question_set.sessions.select_related("activity").order_by("-starts_at", "pk")),
        activities=list(
            ActivityPage.objects.filter(settings__question_set=question_set).order_by("title", "pk")
        ),
    )


def mistakes(questions: Sequence[Question]) -> list[tuple[int, DomainError]]:
    """What is wrong with ``questions``, in order: the place of each, from 0, and the refusal."""
    found = []
    for place, question in enumerate(questions):
        for check in (_check_label, _check_options, _check_condition):
            try:
                check(question, questions[:place])
            except DomainError as error:
                found.append((place, error))
    return found


def save_question_set(*, question_set: QuestionSet, seen: int | None, by: User | None) -> QuestionSet:
    """Store a set with the questions it holds in memory; they are numbered by their order.

    ``seen`` is the version that the form showed: ``StaleError`` when somebody else saved since.
    Answers given already keep the words they answered.
    """
    questions = list(question_set.questions.all())
    if not question_set.name.strip():
        raise DomainError("Donnez un nom à ce jeu de questions.", field="name")
    if not questions:
        raise DomainError("Écrivez au moins une question.")
    if len(questions) > MAX_QUESTIONS:
        raise DomainError(f"Un jeu compte {MAX_QUESTIONS} questions au plus.")
    wrong = mistakes(questions)
    if wrong:
        place, error = wrong[0]
        raise DomainError(f"Question {place + 1} : {error}", field=error.field)
    with transaction.atomic():
        before = _hold(question_set, seen, by) if question_set.pk else None
        for order, question in enumerate(questions):
            question.sort_order = order
            _tidy(question)
        question_set.save()
        _log(question_set, "edit" if before is not None else "create", by, before=before)
    return question_set


def copy_question_set(*, question_set: QuestionSet, by: User | None) -> QuestionSet:
    """The same questions under another name, to be adjusted without touching what is asked today."""
    copied = QuestionSet(organisation=question_set.organisation, name=_copy_name(question_set))
    for question in question_set.questions.order_by("sort_order", "pk"):
        question.pk = None
        copied.questions.add(question)
    with transaction.atomic():
        copied.save()
        _log(copied, "create", by)
    return copied


def delete_question_set(*, question_set: QuestionSet, by: User | None) -> None:
    """Refused while a session or an activity asks it. Answers given already stay."""
    with transaction.atomic():
        QuestionSet.objects.select_for_update(no_key=True, of=("self",)).get(pk=question_set.pk)
        found = uses(question_set=question_set)
        if found:
            raise DomainError(_still_used(question_set, found))
        _log(question_set, "delete", by, before=_labels(question_set))
        question_set.delete()


def _hold(question_set: QuestionSet, seen: int | None, by: User | None) -> list[str]:
    """Hold the stored row, raise its version on ``question_set``; returns the stored labels."""
    stored = QuestionSet.objects.select_for_update(no_key=True, of=("self",)).get(pk=question_set.pk)
    for name in raise_version(stored=stored, seen=seen, by=by):
        setattr(question_set, name, getattr(stored, name))
    return _labels(stored)


def _labels(question_set: QuestionSet) -> list[str]:
    rows = Question.objects.filter(question_set=question_set.pk).order_by("sort_order", "pk")
    return list(rows.values_list("label", flat=True))


def _log(question_set: QuestionSet, what: str, by: User | None, *, before: list[str] | None = None) -> None:
    data = {} if before is None else {"before": before}
    if what != "delete":
        data["after"] = _labels(question_set)
    log(instance=question_set, action=f"escale.{what}_questions", user=by, data=data)


def _copy_name(question_set: QuestionSet) -> str:
    suffix = f" (copie du {timezone.localdate():%d/%m/%Y})"
    length = QuestionSet._meta.get_field("name").max_length or 0
    return question_set.name[: length - len(suffix)] + suffix


def _still_used(question_set: QuestionSet, found: Uses) -> str:
    counts = ((len(found.sessions), "session"), (len(found.activities), "dispositif"))
    where = " et ".join(f"{count} {word}{'s' if count > 1 else ''}" for count, word in counts if count)
    return f"« {question_set.name} » est posé par {where} : choisissez-y d’abord d’autres questions."


def _tidy(question: Question) -> None:
    """Only what its kind uses is kept."""
    question.options = "\n".join(options_of(question)) if question.kind in LISTED else ""
    if not question.shown_if_number:
        question.shown_if_number, question.shown_if_answer = None, ""
    question.shown_if_answer = question.shown_if_answer.strip()


def _check_label(question: Question, _earlier: Sequence[Question]) -> None:
    if not question.label.strip():
        raise DomainError("Écrivez la question.", field="label")


def _check_options(question: Question, _earlier: Sequence[Question]) -> None:
    if question.kind not in LISTED:
        return
    options = options_of(question)
    if len(options) < 2:
        raise DomainError("Écrivez au moins deux choix, un par ligne.", field="options")
    if len(options) > MAX_OPTIONS:
        raise DomainError(f"Proposez {MAX_OPTIONS} choix au plus.", field="options")
    if any(len(option) > OPTION_LENGTH for option in options):
        raise DomainError(f"Un choix compte {OPTION_LENGTH} signes au plus.", field="options")


def _check_condition(question: Question, earlier: Sequence[Question]) -> None:
    number, answer = question.shown_if_number, question.shown_if_answer.strip()
    if not number:
        if answer:
            raise DomainError(
                "Indiquez le numéro de la question qui appelle celle-ci.", field="shown_if_number"
            )
        return
    if number > len(earlier):
        raise DomainError("Indiquez le numéro d’une question placée avant celle-ci.", field="shown_if_number")
    above = earlier[number - 1]
    if above.kind == Kind.TEXT:
        raise DomainError(
            f"La question {number} attend un texte libre : choisissez une question à choix ou une case.",
            field="shown_if_number",
        )
    allowed = [YES] if above.kind in TICKED else options_of(above)
    same = [one for one in allowed if one.casefold() == answer.casefold()]
    if not same:
        expected = ", ".join(f"« {one} »" for one in allowed[:6])
        raise DomainError(
            f"Recopiez une réponse de la question {number} : {expected}.", field="shown_if_answer"
        )
    question.shown_if_answer = same[0]
