"""Which activities and which period a report is about."""

from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from events.access import Actor
from events.forms.importing import ActivityChoiceField, own_activities
from events.models import ActivityPage

A_DATE = "Indiquez une date qui existe, par exemple 31/12/2025."
A_YEAR = "Indiquez une date entre 2000 et 2100."


class DayField(forms.DateField):
    def __init__(self, label: str) -> None:
        super().__init__(
            label=label,
            required=False,
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            input_formats=["%Y-%m-%d", "%d/%m/%Y"],
            error_messages={"invalid": A_DATE},
            validators=[
                MinValueValidator(date(2000, 1, 1), A_YEAR),
                MaxValueValidator(date(2100, 12, 31), A_YEAR),
            ],
        )


class ReportForm(forms.Form):
    activity = ActivityChoiceField(
        queryset=ActivityPage.objects.none(),
        label="Dispositif",
        required=False,
        empty_label="Tous mes dispositifs",
        error_messages={"invalid_choice": "Choisissez un dispositif de la liste."},
    )
    since = DayField("Du")
    until = DayField("Au")

    def __init__(self, *args: Any, user: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["activity"].queryset = own_activities(user)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", "La période finit avant de commencer.")
        return cleaned

    def names_a_stranger(self) -> bool:
        """Whether a well-formed activity was asked for that is not one's own."""
        typed = self.data.get("activity", "")
        return self.has_error("activity", "invalid_choice") and typed.isascii() and typed.isdigit()
