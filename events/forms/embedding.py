"""Whose dates a page wants to embed or to follow; what makes no sense is passed over."""

from dataclasses import dataclass

from django import forms
from django.http import QueryDict

USUAL, MOST = 5, 20


@dataclass(frozen=True)
class Wanted:
    activity: int | None
    organisation: str
    count: int
    theme: str


class EmbedForm(forms.Form):
    dispositif = forms.IntegerField(min_value=1, max_value=2**31 - 1, required=False)
    structure = forms.SlugField(required=False)
    nombre = forms.IntegerField(min_value=1, max_value=MOST, required=False)
    theme = forms.ChoiceField(choices=[("clair", "clair"), ("sombre", "sombre")], required=False)


def wanted(query: QueryDict) -> Wanted:
    form = EmbedForm(query)
    form.is_valid()
    data = form.cleaned_data
    return Wanted(
        activity=data.get("dispositif"),
        organisation=data.get("structure") or "",
        count=data.get("nombre") or USUAL,
        theme=data.get("theme") or "",
    )
