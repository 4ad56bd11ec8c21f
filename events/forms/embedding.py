"""What an embedding page may ask of the list of dates; what makes no sense is passed over."""

from dataclasses import dataclass

from django import forms
from django.http import QueryDict

USUAL, MOST = 5, 20


@dataclass(frozen=True)
class Wanted:
    activity: int | None
    count: int
    theme: str


class EmbedForm(forms.Form):
    dispositif = forms.IntegerField(min_value=1, max_value=2**31 - 1, required=False)
    nombre = forms.IntegerField(min_value=1, max_value=MOST, required=False)
    theme = forms.ChoiceField(choices=[("clair", "clair"), ("sombre", "sombre")], required=False)


def wanted(query: QueryDict) -> Wanted:
    form = EmbedForm(query)
    form.is_valid()
    data = form.cleaned_data
    return Wanted(
        activity=data.get("dispositif"), count=data.get("nombre") or USUAL, theme=data.get("theme") or ""
    )
