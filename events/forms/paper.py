"""Typing what the paper says: numbers, and the people of the blank lines."""

from collections.abc import Iterator
from typing import Any

from django import forms

from common.errors import DomainError
from common.forms import RefusableForm
from events.domain.paper import Entry, read_entry
from events.domain.people import Person, checked
from events.forms.attendance import newcomer
from events.forms.registration import RawField
from events.models import Slot
from members.domain.statements import NAME_LENGTH
from members.emails import EMAIL_LENGTH

BLANK_LINES = 5
NUMBERS = {"inputmode": "text", "autocomplete": "off", "spellcheck": "false"}


class PaperForm(RefusableForm):
    signed = forms.CharField(
        label="Numéros qui ont signé",
        required=False,
        max_length=2000,
        help_text="Comme sur la feuille imprimée : 1-8, 10, 12.",
        widget=forms.TextInput(attrs=NUMBERS),
    )
    excused = forms.CharField(
        label="Numéros excusés", required=False, max_length=2000, widget=forms.TextInput(attrs=NUMBERS)
    )
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, slot: Slot, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.slot = slot
        self.entry: Entry | None = None
        self.newcomers: list[Person] = []
        for number in range(BLANK_LINES):
            self.fields[f"name_{number}"] = RawField(
                label="Prénom et nom", maxlength=2 * NAME_LENGTH, autocomplete="off", required=False
            )
            self.fields[f"email_{number}"] = RawField(
                label="Adresse e-mail",
                maxlength=EMAIL_LENGTH,
                autocomplete="off",
                required=False,
                widget=forms.EmailInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
            )

    def blank_lines(self) -> Iterator[tuple[Any, Any]]:
        for number in range(BLANK_LINES):
            yield self[f"name_{number}"], self[f"email_{number}"]

    def clean(self) -> dict[str, Any]:
        self.newcomers = [person for number in range(BLANK_LINES) if (person := self._newcomer(number))]
        if self.errors:
            return self.cleaned_data
        numbers = {name: self.cleaned_data[name] for name in ("signed", "excused")}
        if not any(value.strip() for value in numbers.values()) and not self.newcomers:
            self.add_error("signed", "Tapez au moins un numéro, ou un nom.")
            return self.cleaned_data
        try:
            self.entry = read_entry(slot=self.slot, **numbers)
        except DomainError as error:
            self.add_error(error.field, str(error))
        return self.cleaned_data

    def _newcomer(self, number: int) -> Person | None:
        name, email = (self.cleaned_data.get(f"{each}_{number}", "") for each in ("name", "email"))
        if not name.strip() and not email.strip():
            return None
        try:
            return checked(newcomer(name, email))
        except DomainError as error:
            self.add_error(f"email_{number}" if error.field == "email" else f"name_{number}", str(error))
            return None
