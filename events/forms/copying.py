"""Copying: to which day, or how the season moves, and one row per session to copy."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import QueryDict

from common.errors import DomainError
from common.forms import RefusableForm
from events.domain.copying import Copy, next_season
from events.domain.season_days import DayFacts
from events.forms.inputs import A_DATE, A_YEAR, EARLIEST, LATEST, DateInput
from events.models import Session

YEAR, WEEKS = "year", "weeks"
CHOOSE = {"required": "Choisissez dans la liste.", "invalid_choice": "Choisissez dans la liste."}
MANY_WEEKS = "Le nombre de semaines va de 1 à 520."
TITLE = {"required": "Indiquez un titre ou un thème."}


def day_field() -> forms.DateField:
    return forms.DateField(
        label="Jour de la copie",
        widget=DateInput,
        error_messages={"invalid": A_DATE, "required": "Indiquez le jour."},
        validators=[MinValueValidator(EARLIEST, A_YEAR), MaxValueValidator(LATEST, A_YEAR)],
    )


class CopyForm(RefusableForm):
    day = day_field()
    title = forms.CharField(label="Titre ou thème", max_length=160, error_messages=TITLE)

    def refuse(self, error: DomainError) -> None:
        self.add_error("title" if error.field == "title" else "day", str(error))


class ShiftForm(forms.Form):
    """Which season, and where it goes."""

    season = forms.ChoiceField(label="Saison à copier", error_messages=CHOOSE)
    way = forms.ChoiceField(
        label="Décalage",
        choices=[
            (YEAR, "Un an plus tard : même jour de la semaine, même rang dans le mois"),
            (WEEKS, "D’un nombre de semaines"),
        ],
        widget=forms.RadioSelect,
        initial=YEAR,
        error_messages=CHOOSE,
    )
    weeks = forms.IntegerField(
        label="Semaines",
        required=False,
        min_value=1,
        max_value=520,
        error_messages={"invalid": MANY_WEEKS, "min_value": MANY_WEEKS, "max_value": MANY_WEEKS},
    )

    def __init__(self, *args: Any, seasons: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["season"].choices = [(label, label) for label in seasons]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("way") == WEEKS and data.get("weeks") is None and "weeks" in data:
            self.add_error("weeks", MANY_WEEKS)
        return data

    @property
    def shift(self) -> int | None:
        """In weeks; None for a year later."""
        return self.cleaned_data["weeks"] if self.cleaned_data["way"] == WEEKS else None


class CopyRowForm(forms.Form):
    day = day_field()
    title = forms.CharField(label="Thème", max_length=160, error_messages=TITLE)

    def refuse(self, error: DomainError) -> None:
        self.add_error("title" if error.field == "title" else "day", str(error))


@dataclass
class CopyRow:
    """``default`` is the proposed day, ``shown`` the one that was proposed when the row was sent."""

    session: Session
    form: CopyRowForm
    default: date
    shown: str
    typed: str
    facts: DayFacts | None = None
    advised: bool = True
    keep: bool = True

    @property
    def day(self) -> date | None:
        """The day as it stands; None while what is typed is none."""
        try:
            found = date.fromisoformat(self.typed)
        except ValueError:
            return None
        return found if EARLIEST <= found <= LATEST else None

    def copy(self) -> Copy:
        data = self.form.cleaned_data
        return Copy(self.session, data["day"], data["title"])

    def look(self, facts: DayFacts | None, data: QueryDict) -> None:
        """Ticked as advised, unless it was ticked or unticked by hand; a bound row as it was sent."""
        self.facts = facts
        self.advised = self.keep = facts is None or facts.advised(skip_public=True, skip_school=False)
        key = f"s{self.session.pk}"
        ticked, was_advised = f"{key}-keep" in data, f"{key}-advised" in data
        if self.shown and (self.form.is_bound or ticked != was_advised):
            self.keep = ticked


def copy_row(session: Session, *, weeks: int | None, data: QueryDict, bound: bool) -> CopyRow:
    """What was typed stays; a day that was not follows the shift."""
    key = f"s{session.pk}"
    default, shown = next_season(session, weeks=weeks), data.get(f"{key}-was", "")
    day = data.get(f"{key}-day", shown)
    typed = default.isoformat() if day == shown else day
    values = {"day": typed, "title": data.get(f"{key}-title", session.title)}
    form = (
        CopyRowForm({f"{key}-{name}": value for name, value in values.items()}, prefix=key)
        if bound
        else CopyRowForm(initial=values, prefix=key)
    )
    return CopyRow(session, form, default, shown, typed)
