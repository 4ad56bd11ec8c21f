"""Which answers are looked at: a report's subject and period, one moment, one session perhaps."""

from collections.abc import Mapping
from typing import Any

from django import forms

from common.numbers import row_number
from events.access import Actor, coordinated_sessions
from events.domain.report import Period
from events.domain.report.subject import Subject
from events.domain.results.asking import Asked
from events.forms.report import ReportForm
from events.models import Session, Survey

A_MOMENT = "Choisissez un moment de la liste."
A_SESSION = "Cette session n’existe pas."


class SurveyResultsForm(ReportForm):
    moment = forms.ChoiceField(
        label="Moment",
        required=False,
        choices=[
            (Survey.Moment.AFTER, "À chaud"),
            (Survey.Moment.DELAYED, "À froid"),
            (Survey.Moment.BEFORE, "Avant"),
        ],
        error_messages={"invalid_choice": A_MOMENT},
    )
    session = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any], *, user: Actor) -> None:
        typed: Any = data.copy()  # type: ignore[attr-defined]
        typed.setdefault("moment", Survey.Moment.AFTER)
        super().__init__(typed, user=user)
        self.user = user
        self.found: Session | None = None

    def clean_session(self) -> str:
        number: str = self.cleaned_data["session"].strip()
        if not number:
            return number
        if (pk := row_number(number)) is not None:
            self.found = coordinated_sessions(self.user).filter(pk=pk).first()
        if self.found is None:
            raise forms.ValidationError(A_SESSION)
        return number

    def names_a_stranger(self) -> bool:
        return super().names_a_stranger() or self.has_error("session")

    def asked(self) -> Asked:
        moment = self.cleaned_data["moment"] or Survey.Moment.AFTER
        if self.found is None:
            return Asked(self.subject(), self.asked_period(), moment)
        activity = self.found.activity
        return Asked(Subject(activity.title, [activity]), Period(), moment, self.found)
