"""What a signed-in person types of themselves; the sentences are the domain's."""

from typing import Any

from django import forms
from django.http import QueryDict

from common.forms import RefusableForm
from events.forms.registration import RawField
from members.domain.statements import NAME_LENGTH
from members.models import User
from members.professions import Civility, Profession

FIELDS = ("first_name", "last_name", "profession", "civility", "rpps")


class ProfileForm(RefusableForm):
    first_name = RawField(label="Prénom", maxlength=NAME_LENGTH, autocomplete="given-name")
    last_name = RawField(label="Nom", maxlength=NAME_LENGTH, autocomplete="family-name")
    profession = forms.ChoiceField(
        label="Profession",
        choices=[("", "Non précisée"), *Profession.choices],
        required=False,
        error_messages={"invalid_choice": "Choisissez une profession de la liste."},
        widget=forms.Select(attrs={"autocomplete": "organization-title"}),
    )
    civility = forms.ChoiceField(
        label="Civilité",
        choices=[("", "Non précisée"), *Civility.choices],
        required=False,
        help_text="Sert seulement à compter la part de femmes dans les bilans.",
        error_messages={"invalid_choice": "Choisissez une civilité de la liste."},
        widget=forms.Select(attrs={"autocomplete": "honorific-prefix"}),
    )
    rpps = RawField(
        label="Numéro RPPS",
        maxlength=20,
        autocomplete="off",
        required=False,
        help_text="11 chiffres, si vous en avez un.",
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    # Required by the domain, whose sentence says so.
    required_fields = ("first_name", "last_name")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        initial = {name: getattr(user, name) for name in FIELDS}
        super().__init__(*args, initial=initial, label_suffix="", **kwargs)
        for name in self.required_fields:
            self.fields[name].required = False


class YearForm(forms.Form):
    annee = forms.IntegerField(min_value=2000, max_value=2100, required=False)


def asked_year(query: QueryDict) -> int | None:
    """The year of ``?annee=``, or None when nothing sensible was asked for."""
    form = YearForm(query)
    form.is_valid()
    year: int | None = form.cleaned_data.get("annee")
    return year
