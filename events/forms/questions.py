"""The questions of a session as fields of a form, for the public as for the coordination."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.html import escape

from common.forms import RefusableForm
from events.domain import answers as rules
from events.models import Question, QuestionSet, Session

Kind = Question.Kind
SELECT_FROM = 8  # choices above which radio buttons make a page too long


class LeftToTheDomain:
    """A field whose sentences are the domain's, and which keeps what they refuse."""

    def validate(self, value: Any) -> None: ...

    def run_validators(self, value: Any) -> None: ...


class TextAnswer(LeftToTheDomain, forms.CharField):
    widget = forms.Textarea(attrs={"rows": 2, "maxlength": rules.ANSWER_LENGTH, "autocomplete": "off"})


class ChoiceAnswer(LeftToTheDomain, forms.ChoiceField):
    pass


class MultipleAnswer(LeftToTheDomain, forms.MultipleChoiceField):
    widget = forms.CheckboxSelectMultiple


class TickAnswer(LeftToTheDomain, forms.BooleanField):
    pass


@dataclass(frozen=True)
class AskedQuestion:
    """A question in a form; ``depends_on`` names the field whose ``answer`` calls for it."""

    question: Question
    field: BoundField
    depends_on: str = ""
    answer: str = ""
    condition: str = ""


class QuestionFields:
    """Adds to a ``RefusableForm`` the questions of ``session``; ``staff`` may leave them unanswered.

    ``form.answers`` is what ``register(answers=…)`` takes; ``form.asked_questions`` is what
    ``events/includes/question_fields.html`` shows.
    """

    fields: dict[str, forms.Field]
    cleaned_data: dict[str, Any]

    def __init__(
        self, *args: Any, session: Session | None = None, staff: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.answered_by_staff = staff
        self._ask(rules.questions_of(session) if session is not None else [])

    @property
    def answers(self) -> dict[int, Any]:
        return {each.pk: self.cleaned_data.get(rules.field_name(each)) for each in self.questions}

    @property
    def asked_questions(self) -> list[AskedQuestion]:
        return [self._asked(question) for question in self.questions]

    def _ask(self, questions: list[Question]) -> None:
        self.questions = questions
        for question in questions:
            self.fields[rules.field_name(question)] = _field(question, required=not self.answered_by_staff)

    def _together(self, question: Question) -> list[Question]:
        """The questions among which ``question`` has its rank."""
        return [each for each in self.questions if each.question_set_id == question.question_set_id]

    def _asked(self, question: Question) -> AskedQuestion:
        field = self[rules.field_name(question)]  # type: ignore[index]
        number, together = question.shown_if_number, self._together(question)
        if not number or number > len(together):
            return AskedQuestion(question, field)
        above, answer = together[number - 1], question.shown_if_answer
        condition = self._condition(above, answer)
        return AskedQuestion(question, field, rules.field_name(above), answer, condition)

    def _condition(self, above: Question, answer: str) -> str:
        ticked = above.kind in (Kind.CHECKBOX, Kind.CONSENT)
        if self.answered_by_staff:
            return f"Si la réponse à « {above.label} » est « {answer} »"
        return f"Si vous {'cochez' if ticked else f'répondez « {answer} » à'} « {above.label} »"

    def _clean_form(self) -> None:
        super()._clean_form()  # type: ignore[misc]
        self.check_answers()

    def check_answers(self) -> None:
        _kept, refused = rules.checked(self.questions, self.answers, staff=self.answered_by_staff)
        for error in refused:
            self.add_error(error.field, str(error))  # type: ignore[attr-defined]


class QuestionsPreview(QuestionFields, RefusableForm):
    """The questions alone, as people will see them."""

    required_fields = ()

    def __init__(self, *, question_set: QuestionSet) -> None:
        super().__init__(label_suffix="")
        self._ask(list(question_set.questions.order_by("sort_order", "pk")))


def _field(question: Question, *, required: bool) -> forms.Field:
    shared: dict[str, Any] = {
        "label": question.label,
        "help_text": escape(question.help_text),  # templates take a field's help as it is
        "required": required and question.required,
    }
    if question.kind in (Kind.CHECKBOX, Kind.CONSENT):
        return TickAnswer(**shared)
    if question.kind == Kind.TEXT:
        return TextAnswer(strip=False, **shared)
    options = [(each, each) for each in rules.options_of(question)]
    if question.kind == Kind.MULTIPLE:
        return MultipleAnswer(choices=options, **shared)
    if len(options) >= SELECT_FROM or not shared["required"]:  # a radio button cannot be taken back
        return ChoiceAnswer(choices=[("", "Choisissez…"), *options], **shared)
    return ChoiceAnswer(choices=options, widget=forms.RadioSelect, **shared)
