"""What a visitor asks of the catalogue, read from the address: nonsense is told and left aside."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Model

from common.moments import NBSP, date_text
from common.numbers import row_number
from common.visibility import open_to_all
from events.domain.catalogue import Offered, Wanted
from events.domain.months import month_of, read_month
from events.forms.report import DayField
from events.models import ActivityPage, Session, Theme
from members.departments import DEPARTMENTS
from members.models import Organisation
from members.professions import Profession

LIST, MONTH = "", "mois"
IGNORED = "ce filtre est laissé de côté."
ANY = "Peu importe"
Choices = list[tuple[str, str]]


@dataclass(frozen=True)
class Chip:
    """An active filter in words, and the address without it."""

    text: str
    url: str


def choice(label: str, empty: str, what: str) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        required=False,
        choices=[("", empty)],
        error_messages={"invalid_choice": f"{what} n’existe pas{NBSP}: {IGNORED}"},
    )


class AddressForm(forms.Form):
    """A form of GET: what is valid counts, what is not is told in ``said``."""

    use_required_attribute = False
    activity: ActivityPage | None = None  # which the field « dispositif » names

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(data, auto_id="filtre-%s")

    def value(self, name: str) -> Any:
        return self.cleaned_data.get(name)

    def said(self) -> list[str]:
        """Each sentence once: two dates may be wrong in the same way."""
        return list(dict.fromkeys(str(error) for errors in self.errors.values() for error in errors))

    def address(self, **changes: Any) -> str:
        """The same question with ``changes``, without what is empty; « ? » asks for everything."""
        asked = {name: self._written(name) for name in self.fields} | changes
        return "?" + urlencode({name: value for name, value in asked.items() if value})

    def clean_dispositif(self) -> str:
        typed: str = self.cleaned_data["dispositif"]
        number = row_number(typed) if typed else None
        self.activity = open_to_all(ActivityPage.objects.filter(pk=number)).first() if number else None
        if typed and self.activity is None:
            raise forms.ValidationError(f"Ce dispositif n’existe pas{NBSP}: {IGNORED}")
        return typed

    def _written(self, name: str) -> str:
        value = self.value(name)
        if isinstance(value, bool):
            return "1" if value else ""
        return value.isoformat() if isinstance(value, date) else str(value or "")

    def _offer(self, name: str, choices: Choices, among: type[Model], words: str) -> None:
        """What has something, and what was asked for if it exists: a kept address goes on saying so."""
        field: Any = self.fields[name]
        asked = str(self.data.get(name, ""))[:60]
        if asked and "\0" not in asked and asked not in dict(choices):
            found = among._default_manager.filter(slug=asked).values_list("slug", words).first()
            choices = [*choices, found] if found else choices
        field.choices = [field.choices[0], *choices]


class CatalogueForm(AddressForm):
    q = forms.CharField(
        label="Chercher",
        required=False,
        max_length=100,
        error_messages={"max_length": "Cherchez avec moins de mots : cent signes suffisent."},
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off", "enterkeyhint": "search"}),
    )
    structure = choice("Structure", "Toutes", "Cette structure")
    theme = choice("Thème", "Tous", "Ce thème")
    profession = choice("Ouvert à ma profession", ANY, "Cette profession")
    departement = choice("Département", "Tous", "Ce département")
    modalite = choice("Sur place ou à distance", ANY, "Cette modalité")
    du = DayField("À partir du")
    au = DayField("Jusqu’au")
    places = forms.BooleanField(label="Avec des places", required=False)
    vue = forms.ChoiceField(choices=[(LIST, "Liste"), (MONTH, "Mois")], required=False)
    mois = forms.CharField(required=False)
    dispositif = forms.CharField(required=False)

    def __init__(self, data: Mapping[str, Any], *, offered: Offered) -> None:
        super().__init__(data)
        fields: dict[str, Any] = self.fields
        self._offer("structure", list(offered.organisations), Organisation, "short_name")
        self._offer("theme", list(offered.themes), Theme, "name")
        known = {*dict(offered.departments), str(data.get("departement", ""))}
        for name, choices in {
            "departement": [each for each in DEPARTMENTS if each[0] in known],
            "profession": Profession.choices,
            "modalite": Session.Modality.choices,
        }.items():
            fields[name].choices = [fields[name].choices[0], *choices]
        fields["places"].widget.attrs["value"] = "1"
        fields["vue"].error_messages["invalid_choice"] = "Cette vue n’existe pas : voici la liste."
        self.full_clean()

    def clean_mois(self) -> str:
        typed: str = self.cleaned_data["mois"]
        if typed and read_month(typed) is None:
            raise forms.ValidationError("Ce mois n’existe pas : voici le mois en cours.")
        return typed

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        since, until = cleaned.get("du"), cleaned.get("au")
        if since and until and until < since:
            self.add_error("au", "La période finit avant de commencer : cette date est laissée de côté.")
        return cleaned

    def choices(self) -> list[forms.BoundField]:
        names = ("structure", "theme", "profession", "departement", "modalite")
        return [self[name] for name in names if len(self.fields[name].choices) > 1]  # type: ignore[attr-defined]

    @property
    def by_month(self) -> bool:
        return bool(self.value("vue") == MONTH)

    @property
    def month(self) -> date:
        return month_of(self.value("mois") or "")

    def wanted(self) -> Wanted:
        """By month, the month is the period."""
        return Wanted(
            text=self.value("q") or "",
            organisation=self.value("structure") or "",
            activity=self.activity.pk if self.activity else None,
            theme=self.value("theme") or "",
            profession=self.value("profession") or "",
            department=self.value("departement") or "",
            modality=self.value("modalite") or "",
            since=None if self.by_month else self.value("du"),
            until=None if self.by_month else self.value("au"),
            with_seats=bool(self.value("places")),
        )

    def chips(self) -> list[Chip]:
        return [Chip(text, self.address(**{name: ""})) for name, text in self._active()]

    def _active(self) -> Iterator[tuple[str, str]]:
        if self.value("q"):
            yield "q", f"«{NBSP}{self.value('q')}{NBSP}»"
        if self.activity:
            yield "dispositif", self.activity.title
        for name in ("structure", "theme", "departement", "modalite"):
            if value := self.value(name):
                yield name, dict(self.fields[name].choices)[value]  # type: ignore[attr-defined]
        if value := self.value("profession"):
            yield "profession", f"Ouvert à{NBSP}: {Profession(value).label}"
        if not self.by_month:
            for name, words in (("du", "À partir du"), ("au", "Jusqu’au")):
                if day := self.value(name):
                    yield name, f"{words} {date_text(day)}"
        if self.value("places"):
            yield "places", "Avec des places"
