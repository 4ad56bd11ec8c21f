"""One row per date of a season: what differs from the other dates."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict

from common.errors import DomainError
from events.domain.planning import Occasion, Place
from events.domain.recurrence import moment
from events.domain.roles import RoleLine
from events.domain.season_days import DayFacts
from events.domain.session_slots import SlotTimes
from events.domain.written_dates import read_hours

FOLLOWING = ("hours", "title", "place_name", "name")


class OccasionForm(forms.Form):
    hours = forms.CharField(
        label="Horaires", max_length=80, error_messages={"required": "Indiquez les horaires."}
    )
    title = forms.CharField(
        label="Thème", max_length=160, error_messages={"required": "Indiquez un titre ou un thème."}
    )
    place_name = forms.CharField(
        label="Lieu", max_length=160, required=False, widget=forms.TextInput(attrs={"list": "season-places"})
    )
    city = forms.CharField(label="Commune", max_length=80, required=False)
    name = forms.CharField(
        label="Qui anime",
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"list": "season-leaders"}),
    )
    email = forms.EmailField(
        label="Adresse e-mail",
        required=False,
        error_messages={"invalid": "Indiquez une adresse e-mail valable, par exemple prenom@exemple.fr."},
    )

    def __init__(self, *args: Any, day: date, **kwargs: Any) -> None:
        super().__init__(*args, prefix=day.isoformat(), **kwargs)
        self.day = day

    def clean_hours(self) -> tuple[SlotTimes, ...]:
        try:
            slots = read_hours(self.cleaned_data["hours"])
            return tuple(SlotTimes(moment(self.day, start), moment(self.day, end)) for start, end in slots)
        except DomainError as error:
            raise forms.ValidationError(str(error)) from None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("email") and not data.get("name") and "name" in data:
            self.add_error("name", "Indiquez le nom affiché.")
        return data

    def refuse(self, error: DomainError) -> None:
        field = {"slots": "hours", "hours": "hours", "roles": "name"}.get(error.field or "", error.field)
        self.add_error(field if field in self.fields else "title", str(error))


@dataclass
class Row:
    facts: DayFacts
    form: OccasionForm
    keep: bool
    advised: bool
    was_advised: bool = True

    @property
    def day(self) -> date:
        return self.facts.day


@dataclass(frozen=True)
class Known:
    """What rows can borrow: places and leaders of the organisation, by name in lower case."""

    places: Mapping[str, Place]
    leaders: Mapping[str, tuple[str, str]]


def rows_of(
    *,
    facts: Iterable[DayFacts],
    common: Mapping[str, str],
    data: QueryDict | None,
    skip: Mapping[str, bool],
    bound: bool = False,
) -> list[Row]:
    """A row per date. What was typed in it stays; what was not follows ``common`` and the advice.

    ``data`` carries, beside the rows, what they were filled with when they were shown (``was-…``).
    ``bound`` rows are those that create: the ticks count as they were sent.
    """
    return [_row(one, common, data or QueryDict(), one.advised(**skip), bound) for one in facts]


def _row(facts: DayFacts, common: Mapping[str, str], data: QueryDict, advised: bool, bound: bool) -> Row:
    day = facts.day.isoformat()
    shown = day in data.getlist("days")
    values = {name: data.get(f"{day}-{name}", "") for name in ("city", "email")}
    for name in FOLLOWING:
        typed = data.get(f"{day}-{name}") if shown else None
        follows = typed is None or typed == data.get(f"was-{name}")
        values[name] = common[name] if follows else typed
    ticked, was_advised = f"{day}-keep" in data, f"{day}-advised" in data
    by_hand = shown and (bound or ticked != was_advised)
    keep = ticked if by_hand else advised
    form = (
        OccasionForm({f"{day}-{name}": value for name, value in values.items()}, day=facts.day)
        if bound and keep
        else OccasionForm(initial=values, day=facts.day)
    )
    return Row(facts, form, keep, advised, was_advised)


def occasion(row: Row, *, place: Place, role: str, leader: tuple[str, str], known: Known) -> Occasion:
    """What the valid row says, completed from what the dates share and what the organisation knows."""
    data = row.form.cleaned_data
    name, email = data["name"], data["email"]
    if name and not email:
        email = leader[1] if name == leader[0] else known.leaders.get(name.casefold(), ("", ""))[1]
    return Occasion(
        slots=data["hours"],
        title=data["title"],
        place=_place(data["place_name"], data["city"], place, known),
        roles=(RoleLine(role, name, email),) if name else (),
    )


def _place(name: str, city: str, common: Place, known: Known) -> Place:
    """Another place is not at the common address: the organisation may know its own."""
    found = common if name == common.name else known.places.get(name.casefold(), Place(name))
    elsewhere = bool(city) and city != found.city
    remembered = known.places.get(name.casefold(), Place(name))
    return Place(
        name,
        address="" if elsewhere else found.address,
        city=city or found.city,
        access=found.access,
        department=remembered.department if remembered.city == (city or found.city) else "",
    )
