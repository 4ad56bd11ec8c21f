"""One form for several dates of an activity: which ones, who comes, and what each date asks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundWidget

from events.domain import answers as rules
from events.domain.admission import professions_in_words
from events.domain.doors import Door, door
from events.domain.registration import AT_ONCE
from events.forms.questions import AskedQuestion, QuestionFields
from events.forms.registration import RegistrationForm
from events.models import ActivityPage, Question, Session


class Asked(forms.Form):
    """The address of the page: dates ticked beforehand, or an activity; what is no number is no date."""

    dispositif = forms.IntegerField(required=False, min_value=1, max_value=2**31)

    @property
    def activity(self) -> int | None:
        return self.cleaned_data.get("dispositif") if self.is_valid() else None

    @property
    def sessions(self) -> list[int]:
        raw = self.data.getlist("s") if hasattr(self.data, "getlist") else []  # type: ignore[attr-defined]
        return [int(each) for each in raw[:100] if each.isascii() and each.isdecimal() and len(each) < 10]


@dataclass(frozen=True)
class Choice:
    """One date with its box; ``waits`` when a newcomer would wait there, ``reserved`` says for whom it is."""

    session: Session
    box: BoundWidget
    waits: bool
    reserved: str


@dataclass(frozen=True)
class Group:
    """Questions that some of the dates ask; ``dates`` is empty when all do."""

    dates: list[Session]
    asked_questions: list[AskedQuestion]


class SeveralForm(QuestionFields, RegistrationForm):
    sessions = forms.MultipleChoiceField(
        label="Dates",
        widget=forms.CheckboxSelectMultiple,
        required=False,  # the rule says it
        error_messages={"invalid_choice": "Une des dates cochées n’est plus ouverte : regardez la liste."},
    )

    def __init__(
        self,
        *args: Any,
        activity: ActivityPage,
        offered: Sequence[Session],
        ticked: Iterable[int] = (),
        questions: Mapping[int, list[Question]],
        **kwargs: Any,
    ) -> None:
        """``offered`` are the dates that take names; ``questions`` what they ask, by question set."""
        super().__init__(*args, organisation=activity.organisation, **kwargs)
        self.offered = offered
        self.by_set = questions
        self.fields["sessions"].choices = [(str(each.pk), each.title) for each in offered]  # type: ignore[attr-defined]
        self.fields["sessions"].initial = [str(pk) for pk in ticked]
        if offered and all(each.professions == offered[0].professions != [] for each in offered):
            self.admit(offered[0].professions)
        self._ask([question for asked in questions.values() for question in asked])

    @property
    def choices(self) -> list[Choice]:
        boxes = self["sessions"]
        return [
            Choice(session, box, door(session=session) == Door.QUEUE, professions_in_words(session))
            for session, box in zip(self.offered, boxes, strict=True)
        ]

    @property
    def chosen(self) -> list[Session]:
        ticked = set(self.cleaned_data.get("sessions", []))
        return [session for session in self.offered if str(session.pk) in ticked]

    @property
    def groups(self) -> list[Group]:
        found = []
        for pk, questions in self.by_set.items():
            dates = [session for session in self.offered if session.question_set_id == pk]
            asked = [self._asked(question) for question in questions]
            found.append(Group([] if len(dates) == len(self.offered) else dates, asked))
        return found

    def clean_sessions(self) -> list[str]:
        ticked = self.cleaned_data["sessions"]
        if not ticked:
            raise forms.ValidationError("Cochez au moins une date.")
        if len(ticked) > AT_ONCE:
            raise forms.ValidationError(f"Choisissez {AT_ONCE} dates au plus à la fois.")
        return list(ticked)

    def check_answers(self) -> None:
        """Only what the chosen dates ask, each set of questions by itself."""
        asking = {session.question_set_id for session in self.chosen}
        for pk, questions in self.by_set.items():
            if pk not in asking:
                continue
            for error in rules.checked(questions, self.answers)[1]:
                self.add_error(error.field, str(error))
