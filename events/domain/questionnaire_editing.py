"""Questionnaires: what makes one sound, how it is saved, copied and deleted, and the key of each question.

The key joins what many sessions answered. It follows what is asked: the same kind, words, choices and lines
have the same key in every questionnaire, and a question that asks something else has another.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from wagtail.log_actions import log

from common.errors import DomainError
from common.folding import fold
from common.versions import raise_version
from events.domain.questionnaires import STANDARD
from events.models import ActivityPage, ActivitySettings, Questionnaire, Survey, SurveyQuestion
from members.models import Organisation, User

Kind = SurveyQuestion.Kind
MAX_QUESTIONS, MAX_OPTIONS, MAX_ROWS, LINE_LENGTH = 20, 20, 10, 120
LISTED = (Kind.CHOICE, Kind.MULTIPLE)
TOO_FEW = {
    "options": "Écrivez au moins deux choix, un par ligne.",
    "rows": "Écrivez au moins une ligne de la grille.",
}
STANDARD_NAME = "Questionnaire d’Escale"
_MARKS = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Use:
    """An activity that asks a questionnaire, and when."""

    activity: ActivityPage
    moments: list[str]


@dataclass(frozen=True)
class Uses:
    activities: list[Use]
    surveys: int

    def __bool__(self) -> bool:
        return bool(self.activities or self.surveys)


def uses(*, questionnaire: Questionnaire) -> Uses:
    """Which activities ask it next, and how many sessions have been asked."""
    names = {moment: f"questionnaire_{moment}" for moment in Survey.Moment.values}
    asked = Q()
    for name in names.values():
        asked |= Q(**{name: questionnaire})
    rows = ActivitySettings.objects.filter(asked).select_related("activity")
    return Uses(
        activities=[
            Use(
                row.activity,
                [
                    str(Survey.Moment(moment).label).lower()
                    for moment, name in names.items()
                    if getattr(row, f"{name}_id") == questionnaire.pk
                ],
            )
            for row in rows.order_by("activity__title", "pk")
        ],
        surveys=questionnaire.surveys.count(),
    )


def mistakes(questions: Sequence[SurveyQuestion]) -> list[tuple[int, DomainError]]:
    """What is wrong with ``questions``, in order: the place of each, from 0, and the refusal."""
    found = []
    asked: set[str] = set()
    for place, question in enumerate(questions):
        try:
            _check(question)
            if _content(question) in asked:
                raise DomainError("Cette question est déjà posée plus haut.", field="label")
        except DomainError as error:
            found.append((place, error))
        asked.add(_content(question))
    return found


def save_questionnaire(*, questionnaire: Questionnaire, seen: int | None, by: User | None) -> Questionnaire:
    """Store a questionnaire with the questions it holds in memory; they are numbered by their order.

    ``seen`` is the version that the form showed: ``StaleError`` when somebody else saved since.
    What was asked already stays as it was asked.
    """
    questions = list(questionnaire.questions.all())
    if not questionnaire.name.strip():
        raise DomainError("Donnez un nom à ce questionnaire.", field="name")
    if not questions:
        raise DomainError("Écrivez au moins une question.")
    if len(questions) > MAX_QUESTIONS:
        raise DomainError(f"Un questionnaire compte {MAX_QUESTIONS} questions au plus.")
    wrong = mistakes(questions)
    if wrong:
        place, error = wrong[0]
        raise DomainError(f"Question {place + 1} : {error}", field=error.field)
    with transaction.atomic():
        before = _hold(questionnaire, seen, by) if questionnaire.pk else None
        kept = _stored_keys(questionnaire)
        for order, question in enumerate(questions):
            question.sort_order = order
            _tidy(question)
            question.key = kept.get(_content(question)) or key_of(question)
        questionnaire.save()
        _log(questionnaire, "edit" if before is not None else "create", by, before=before)
    return questionnaire


def copy_questionnaire(*, questionnaire: Questionnaire, by: User | None) -> Questionnaire:
    """The same questions, with their keys, under another name."""
    copied = Questionnaire(organisation=questionnaire.organisation, name=_copy_name(questionnaire.name))
    for question in questionnaire.questions.order_by("sort_order", "pk"):
        question.pk = None
        copied.questions.add(question)
    return _store_copy(copied, by)


def copy_standard(*, organisation: Organisation, by: User | None) -> Questionnaire:
    """Escale's own questions, to be completed; they keep their keys, so that the figures go on."""
    copied = Questionnaire(organisation=organisation, name=_copy_name(STANDARD_NAME))
    for order, each in enumerate(STANDARD):
        copied.questions.add(
            SurveyQuestion(
                sort_order=order,
                key=each["key"],
                kind=each["kind"],
                label=each["label"],
                help_text=each["help"],
                options="\n".join(each["options"]),
                rows="\n".join(each["rows"]),
                required=each["required"],
            )
        )
    return _store_copy(copied, by)


def delete_questionnaire(*, questionnaire: Questionnaire, by: User | None) -> None:
    """Refused while an activity asks it. What was asked and answered already stays."""
    with transaction.atomic():
        Questionnaire.objects.select_for_update(no_key=True, of=("self",)).get(pk=questionnaire.pk)
        asking = uses(questionnaire=questionnaire).activities
        if asking:
            where = ", ".join(f"« {each.activity.title} »" for each in asking[:3])
            raise DomainError(f"Il est posé par {where} : choisissez-y d’abord un autre questionnaire.")
        _log(questionnaire, "delete", by, before=_labels(questionnaire))
        questionnaire.delete()


def key_of(question: SurveyQuestion) -> str:
    """What joins the answers to what ``question`` asks: Escale's own key, or one made of its content."""
    content = _content(question)
    if content in _STANDARD_KEYS:
        return _STANDARD_KEYS[content]
    return f"q{hashlib.sha256(content.encode()).hexdigest()[:20]}"


def _content(question: SurveyQuestion) -> str:
    """What is asked: accents, capitals, punctuation and the order of choices change nothing to it."""
    listed = _lines(question.options) if question.kind in LISTED else []
    listed += _lines(question.rows) if question.kind == Kind.MATRIX else []
    parts = [_MARKS.sub(" ", fold(part)).strip() for part in (question.label, *listed)]
    return "\n".join([question.kind, parts[0], *sorted(parts[1:])])


def _stored_keys(questionnaire: Questionnaire) -> dict[str, str]:
    if not questionnaire.pk:
        return {}
    return {
        _content(each): each.key for each in SurveyQuestion.objects.filter(questionnaire=questionnaire.pk)
    }


def _hold(questionnaire: Questionnaire, seen: int | None, by: User | None) -> list[str]:
    """Hold the stored row, raise its version on ``questionnaire``; returns the stored labels."""
    stored = Questionnaire.objects.select_for_update(no_key=True, of=("self",)).get(pk=questionnaire.pk)
    for name in raise_version(stored=stored, seen=seen, by=by):
        setattr(questionnaire, name, getattr(stored, name))
    return _labels(stored)


def _store_copy(copied: Questionnaire, by: User | None) -> Questionnaire:
    with transaction.atomic():
        copied.save()
        _log(copied, "create", by)
    return copied


def _labels(questionnaire: Questionnaire) -> list[str]:
    rows = SurveyQuestion.objects.filter(questionnaire=questionnaire.pk).order_by("sort_order", "pk")
    return list(rows.values_list("label", flat=True))


def _log(
    questionnaire: Questionnaire, what: str, by: User | None, *, before: list[str] | None = None
) -> None:
    data = {} if before is None else {"before": before}
    if what != "delete":
        data["after"] = _labels(questionnaire)
    log(instance=questionnaire, action=f"escale.{what}_questionnaire", user=by, data=data)


def _copy_name(name: str) -> str:
    suffix = f" (copie du {timezone.localdate():%d/%m/%Y})"
    length = Questionnaire._meta.get_field("name").max_length or 0
    return name[: length - len(suffix)] + suffix


def _lines(text: str) -> list[str]:
    """One choice, or one line of a grid, a line; none empty, none twice."""
    return list(dict.fromkeys(" ".join(line.split()) for line in text.splitlines() if line.strip()))


def _tidy(question: SurveyQuestion) -> None:
    """Only what its kind uses is kept."""
    question.label = " ".join(question.label.split())
    question.options = "\n".join(_lines(question.options)) if question.kind in LISTED else ""
    question.rows = "\n".join(_lines(question.rows)) if question.kind == Kind.MATRIX else ""


def _check(question: SurveyQuestion) -> None:
    if not question.label.strip():
        raise DomainError("Écrivez la question.", field="label")
    if question.kind in LISTED:
        _check_lines(_lines(question.options), "options", 2, MAX_OPTIONS, "choix")
    if question.kind == Kind.MATRIX:
        _check_lines(_lines(question.rows), "rows", 1, MAX_ROWS, "lignes")


def _check_lines(lines: list[str], field: str, least: int, most: int, what: str) -> None:
    if len(lines) < least:
        raise DomainError(TOO_FEW[field], field=field)
    if len(lines) > most:
        raise DomainError(f"Proposez {most} {what} au plus.", field=field)
    if any(len(line) > LINE_LENGTH for line in lines):
        raise DomainError(f"Chaque ligne compte {LINE_LENGTH} signes au plus.", field=field)


_STANDARD_KEYS = {
    _content(SurveyQuestion(kind=each["kind"], label=each["label"])): each["key"] for each in STANDARD
}
