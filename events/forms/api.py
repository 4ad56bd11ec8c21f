"""What a program may ask of the read-only API; nonsense is answered with a sentence."""

from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from common.errors import DomainError
from events.models import Session

# Before and after, clocks and databases do not follow.
CENTURY = [MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2099, 12, 31))]


class Asked(forms.Form):
    """Base: an unknown parameter or a wrong value refuses the whole question, rather than answer another."""

    def sentence(self) -> str:
        return " ".join(f"« {name} » : {error}" for name, errors in self.errors.items() for error in errors)


class Paging(Asked):
    limit = forms.IntegerField(min_value=1, max_value=100, required=False)
    offset = forms.IntegerField(min_value=0, max_value=100_000, required=False)


class SessionsAsked(Paging):
    organisation = forms.SlugField(required=False)
    activity = forms.IntegerField(min_value=1, max_value=2**31 - 1, required=False)
    theme = forms.SlugField(required=False)
    modality = forms.ChoiceField(choices=Session.Modality.choices, required=False)
    after = forms.DateField(required=False, input_formats=["%Y-%m-%d"], validators=CENTURY)
    before = forms.DateField(required=False, input_formats=["%Y-%m-%d"], validators=CENTURY)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        after, before = data.get("after"), data.get("before")
        if after and before and before < after:
            self.add_error("before", "cette date précède « after ».")
        return data


class ActivitiesAsked(Paging):
    organisation = forms.SlugField(required=False)
    theme = forms.SlugField(required=False)


class OrganisationsAsked(Paging):
    """Only pages of the list."""


def answered(form: Asked, *, given: set[str]) -> dict[str, Any]:
    """What was asked, read. Raises ``DomainError`` with a sentence."""
    if unknown := sorted(name[:40] for name in given - set(form.fields)):
        known = ", ".join(form.fields)
        raise DomainError(f"Paramètre inconnu : {', '.join(unknown)}. Connus : {known}.")
    if not form.is_valid():
        raise DomainError(form.sentence())
    return form.cleaned_data
