"""Which activities and which period a report is about."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Min
from django.utils import timezone

from events.access import Actor, coordinated_programmes, coordinated_sessions
from events.domain.report import Period
from events.domain.report.periods import season_of
from events.domain.report.subject import Subject
from events.forms.importing import own_activities
from events.models import ActivityPage, Programme

A_DATE = "Indiquez une date qui existe, par exemple 31/12/2025."
A_YEAR = "Indiquez une date entre 2000 et 2100."
A_CHOICE = "Choisissez un dispositif de la liste."
A_SUBJECT = "Choisissez un sujet de la liste."
A_PERIOD = "Choisissez une période de la liste."
ALL, SEVERAL, DATES = "", "several", "dates"
FIRST_YEAR = 2000


class DayField(forms.DateField):
    def __init__(self, label: str) -> None:
        super().__init__(
            label=label,
            required=False,
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            input_formats=["%Y-%m-%d", "%d/%m/%Y"],
            error_messages={"invalid": A_DATE},
            validators=[
                MinValueValidator(date(FIRST_YEAR, 1, 1), A_YEAR),
                MaxValueValidator(date(2100, 12, 31), A_YEAR),
            ],
        )


class ReportForm(forms.Form):
    """``about`` is « structure-3 », « programme-2 », « dispositif-5 », or leaves it to ``activity``."""

    about = forms.ChoiceField(label="Sur quoi", required=False, error_messages={"invalid_choice": A_SUBJECT})
    activity = forms.MultipleChoiceField(
        label="Dispositifs à réunir",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": A_CHOICE, "invalid_list": A_CHOICE},
    )
    period = forms.ChoiceField(label="Période", required=False, error_messages={"invalid_choice": A_PERIOD})
    since = DayField("Du")
    until = DayField("Au")

    def __init__(self, data: Mapping[str, Any], *, user: Actor) -> None:
        typed: Any = data.copy()  # type: ignore[attr-defined]
        if "about" not in typed and typed.get("activity"):
            typed["about"] = SEVERAL
        if "period" not in typed and (typed.get("since") or typed.get("until")):
            typed["period"] = DATES
        super().__init__(typed)
        self.activities: list[ActivityPage] = list(own_activities(user))
        self.programmes: list[Programme] = list(coordinated_programmes(user))
        fields: dict[str, Any] = self.fields
        fields["about"].choices = self._subjects()
        fields["activity"].choices = [(str(each.pk), _name(each)) for each in self.activities]
        fields["period"].choices = _periods(user)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", "La période finit avant de commencer.")
        if cleaned.get("about") == SEVERAL and not cleaned.get("activity") and not self.has_error("activity"):
            self.add_error("activity", "Cochez au moins un dispositif.")
        return cleaned

    def names_a_stranger(self) -> bool:
        """Whether a well-formed activity, programme or organisation was asked for that is not one's own."""
        about = re.fullmatch(r"(?:structure|programme|dispositif)-[0-9]+", self.data.get("about", ""))
        numbers = self.data.getlist("activity")  # type: ignore[attr-defined]
        return (self.has_error("about") and about is not None) or (
            self.has_error("activity", "invalid_choice")
            and all(each.isascii() and each.isdigit() for each in numbers)
        )

    def subject(self) -> Subject:
        kind, _dash, number = self.cleaned_data["about"].partition("-")
        if kind == SEVERAL:
            ticked = set(self.cleaned_data["activity"])
            chosen = [each for each in self.activities if str(each.pk) in ticked]
            return Subject(" · ".join(each.title for each in chosen), chosen)
        if kind == "structure":
            chosen = [each for each in self.activities if str(each.organisation_id) == number]
            return _all(chosen)
        if kind == "dispositif":
            [activity] = [each for each in self.activities if str(each.pk) == number]
            return Subject(activity.title, [activity])
        if kind == "programme":
            [programme] = [each for each in self.programmes if str(each.pk) == number]
            inside = set(programme.activities.values_list("pk", flat=True))
            return Subject(programme.name, [each for each in self.activities if each.pk in inside])
        return _all(self.activities)

    def asked_period(self) -> Period:
        typed = self.cleaned_data["period"]
        if typed == DATES:
            return Period(self.cleaned_data["since"], self.cleaned_data["until"])
        if not typed:
            return Period()
        year = int(typed[:4])
        return Period.season(year) if "-" in typed else Period.year(year)

    def _subjects(self) -> list[Any]:
        organisations = {each.organisation_id: each.organisation.name for each in self.activities}
        groups: list[tuple[str, list[tuple[str, str]]]] = [
            ("Structures", [(f"structure-{pk}", name) for pk, name in organisations.items()]),
            ("Programmes", [(f"programme-{each.pk}", each.name) for each in self.programmes]),
            ("Dispositifs", [(f"dispositif-{each.pk}", _name(each)) for each in self.activities]),
        ]
        if len(organisations) < 2:
            del groups[0]
        return [
            (ALL, "Tous mes dispositifs"),
            (SEVERAL, "Plusieurs dispositifs, à cocher…"),
            *(group for group in groups if group[1]),
        ]


def _all(activities: list[ActivityPage]) -> Subject:
    return Subject(activities[0].title if len(activities) == 1 else "Tous les dispositifs", activities)


def _name(activity: ActivityPage) -> str:
    return f"{activity.title} · {activity.organisation.short_name}"


def _periods(user: Actor) -> list[Any]:
    """The seasons and the years since the first session, the latest first."""
    today = timezone.localdate()
    first = coordinated_sessions(user).order_by().aggregate(first=Min("starts_at"))["first"]
    begin = max(min(timezone.localdate(first), today) if first else today, date(FIRST_YEAR, 9, 1))
    seasons = range(season_of(today), season_of(begin) - 1, -1)
    years = range(today.year, begin.year - 1, -1)
    return [
        ("", "Depuis le début"),
        ("Saisons", [(f"{year}-{year + 1}", f"Saison {year}-{year + 1}") for year in seasons]),
        ("Années", [(str(year), f"Année {year}") for year in years]),
        (DATES, "Dates à préciser…"),
    ]
