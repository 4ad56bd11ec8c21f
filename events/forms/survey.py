"""A survey as a form, made of the questions that it copied when it opened."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField

from events.domain.questionnaires import TEXT_LENGTH, Question
from events.models import SurveyQuestion
from events.models.survey import SCALE

Kind = SurveyQuestion.Kind
REQUIRED = "Répondez à cette question."
YES_NO = [("yes", "Oui"), ("no", "Non")]


class TextField(forms.CharField):
    """Counts a line break as one sign, as browsers do."""

    def to_python(self, value: Any) -> str:
        return super().to_python(value).replace("\r\n", "\n")


@dataclass(frozen=True)
class Asked:
    """One question as the page shows it: its field, or one field for each line of a grid."""

    kind: str
    label: str
    help: str
    required: bool
    fields: list[BoundField]
    first: bool = False

    @property
    def field(self) -> BoundField:
        return self.fields[0]

    @property
    def errors(self) -> list[str]:
        """Each once: all lines of a grid say the same."""
        return list(dict.fromkeys(str(error) for field in self.fields for error in field.errors))


class SurveyForm(forms.Form):
    """Fields go by the key of their question; the lines of a grid by the key and their number."""

    def __init__(self, questions: list[Question], *args: Any, note: str | None = None, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", use_required_attribute=False, **kwargs)
        self.questions = questions
        for question in questions:
            for name, label in _names(question):
                self.fields[name] = _FIELDS[question["kind"]](question, label)
        score = next((each for each in questions if each["kind"] == Kind.SCORE), None)
        if score and note:
            self.initial[score["key"]] = note

    def asked(self) -> Iterator[Asked]:
        for rank, question in enumerate(self.questions):
            yield Asked(
                kind=question["kind"],
                label=question["label"],
                help=question["help"],
                required=question["required"],
                fields=[self[name] for name, _label in _names(question)],
                first=rank == 0,
            )

    def values(self) -> dict[str, Any]:
        """What was answered, by the key of its question."""
        return {question["key"]: self._value(question) for question in self.questions}

    def _value(self, question: Question) -> Any:
        if question["kind"] != Kind.MATRIX:
            return self.cleaned_data[question["key"]]
        steps = {label: self.cleaned_data[name] for name, label in _names(question)}
        return {label: step for label, step in steps.items() if step is not None}

    def refuse(self, key: str, sentence: str) -> None:
        """A refusal of the domain, beside the question that it is about."""
        names = {each["key"]: _names(each)[0][0] for each in self.questions}
        self.add_error(names.get(key), sentence)


def _names(question: Question) -> list[tuple[str, str]]:
    """Name and label of each field of ``question``."""
    if question["kind"] != Kind.MATRIX:
        return [(question["key"], question["label"])]
    return [(f"{question['key']}.{rank}", row) for rank, row in enumerate(question["rows"])]


def _one(question: Question, label: str, choices: Any, wrong: str, coerce: Any = int) -> forms.Field:
    return forms.TypedChoiceField(
        label=label,
        choices=choices,
        coerce=coerce,
        empty_value=None,
        required=question["required"],
        widget=forms.RadioSelect,
        error_messages={"required": REQUIRED, "invalid_choice": wrong},
    )


def _score(question: Question, label: str) -> forms.Field:
    marks = [(mark, str(mark)) for mark in range(11)]
    field = _one(question, label, marks, "La note va de 0 à 10.")
    field.error_messages["required"] = "Choisissez une note de 0 à 10."
    return field


def _scale(question: Question, label: str) -> forms.Field:
    return _one(question, label, SCALE, "Choisissez une réponse de la liste.")


def _row(question: Question, label: str) -> forms.Field:
    """A grid that asks for an answer is answered with one line: the domain says so."""
    return _one({**question, "required": False}, label, SCALE, "Choisissez une réponse de la liste.")


def _yes_no(question: Question, label: str) -> forms.Field:
    return _one(question, label, YES_NO, "Répondez par oui ou par non.", lambda value: value == "yes")


def _choice(question: Question, label: str) -> forms.Field:
    choices = [(each, each) for each in question["options"]]
    return _one(question, label, choices, "Choisissez une réponse de la liste.", str)


def _multiple(question: Question, label: str) -> forms.Field:
    return forms.MultipleChoiceField(
        label=label,
        choices=[(each, each) for each in question["options"]],
        required=question["required"],
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": REQUIRED,
            "invalid_choice": "Choisissez des réponses de la liste.",
            "invalid_list": "Choisissez des réponses de la liste.",
        },
    )


def _text(question: Question, label: str) -> forms.Field:
    return TextField(
        label=label,
        help_text=question["help"],
        max_length=TEXT_LENGTH,
        required=question["required"],
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": REQUIRED,
            "max_length": f"Le texte dépasse {TEXT_LENGTH} signes : raccourcissez-le.",
            "null_characters_not_allowed": "Le texte contient un caractère invisible : retapez-le.",
        },
    )


_FIELDS = {
    Kind.SCORE: _score,
    Kind.SCALE: _scale,
    Kind.YES_NO: _yes_no,
    Kind.CHOICE: _choice,
    Kind.MULTIPLE: _multiple,
    Kind.TEXT: _text,
    Kind.MATRIX: _row,
}
