"""One row of radio buttons per person, and the questions to somebody who came without a place."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from common.errors import DomainError
from common.forms import RefusableForm
from events.domain.people import Person
from events.domain.roster import Line
from events.forms.registration import RawField
from events.models import Attendance
from members.domain.statements import NAME_LENGTH, checked_name
from members.emails import EMAIL_LENGTH, checked_email
from members.professions import Profession


class MarksForm(forms.Form):
    """``presence-<registration>`` for each confirmed person; empty means no mark yet."""

    def __init__(self, *args: Any, people: list[Line], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = people
        for line in people:
            self.fields[_name(line)] = forms.ChoiceField(
                label=line.name,
                choices=Attendance.State.choices,
                widget=forms.RadioSelect,
                required=False,
                initial=line.mark,
                error_messages={"invalid_choice": "Choisissez une présence dans la liste."},
            )

    def rows(self) -> Iterator[tuple[Line, BoundField]]:
        for line in self.people:
            yield line, self[_name(line)]

    @property
    def marks(self) -> dict[int, str]:
        said = {line.registration_id: self.cleaned_data[_name(line)] for line in self.people}
        return {pk: state for pk, state in said.items() if state}


class WalkInForm(RefusableForm):
    """Its names are prefixed: it shares the page's one form with the marks, so that neither is lost."""

    prefix = "sans-inscription"
    # Browsers refuse, without a word, to send a form whose folded part has an empty required field.
    use_required_attribute = False
    typed = ("first_name", "last_name", "email")
    missing = {
        "first_name": "Indiquez son prénom.",
        "last_name": "Indiquez son nom.",
        "email": "Indiquez son adresse e-mail : l’attestation y sera envoyée.",
        "profession": "Choisissez sa profession, ou « Autre profession ».",
    }
    checks = {
        "first_name": partial(checked_name, field="first_name", what="prénom"),
        "last_name": partial(checked_name, field="last_name", what="nom"),
        "email": checked_email,
    }

    first_name = RawField(label="Prénom", maxlength=NAME_LENGTH, autocomplete="off")
    last_name = RawField(label="Nom", maxlength=NAME_LENGTH, autocomplete="off")
    email = RawField(
        label="Adresse e-mail", maxlength=EMAIL_LENGTH, autocomplete="off", widget=forms.EmailInput
    )
    profession = forms.ChoiceField(
        label="Profession",
        choices=[("", "Choisissez…"), *Profession.choices],
        required=False,
        error_messages={"invalid_choice": "Choisissez une profession de la liste."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)

    @property
    def is_filled(self) -> bool:
        return self.is_bound and any(self.data.get(self.add_prefix(name), "").strip() for name in self.typed)

    @property
    def person(self) -> Person:
        return Person(**self.cleaned_data)

    def clean(self) -> dict[str, Any]:
        """All that is wrong at once: the domain would stop at the first."""
        for name, missing in self.missing.items():
            if name in self.cleaned_data and not self.cleaned_data[name].strip():
                self.add_error(name, missing)
        for name, check in self.checks.items():
            if name in self.cleaned_data:
                try:
                    check(self.cleaned_data[name])
                except DomainError as error:
                    self.add_error(name, str(error))
        return self.cleaned_data


def _name(line: Line) -> str:
    return f"presence-{line.registration_id}"
