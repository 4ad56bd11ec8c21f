"""Dates, hours and moments as a browser asks for them, and what is said of a wrong one."""

from datetime import date
from typing import Any

from django import forms

EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)
A_DATE = "Indiquez une date qui existe, par exemple 14/03/2027."
AN_HOUR = "Indiquez une heure, par exemple 19:00."
A_MOMENT = "Indiquez une date et une heure qui existent, par exemple 14/03/2027 19:00."
A_YEAR = "Indiquez une date entre 2000 et 2100."


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%H:%M")


class MomentInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")
