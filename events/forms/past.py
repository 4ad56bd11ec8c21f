"""Which past editions a visitor asks for, read from the address."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from common.moments import NBSP
from common.numbers import row_number
from common.visibility import open_to_all
from events.forms.catalogue import IGNORED, AddressForm, choice
from events.models import ActivityPage
from members.models import Organisation


class PastForm(AddressForm):
    structure = choice("Structure", "Toutes", "Cette structure")
    annee = choice("Année", "La dernière", "Cette année")
    dispositif = forms.CharField(required=False)

    def __init__(
        self, data: Mapping[str, Any], *, organisations: Sequence[tuple[str, str]], years: Sequence[int]
    ) -> None:
        super().__init__(data)
        fields: dict[str, Any] = self.fields
        self._offer("structure", list(organisations), Organisation, "short_name")
        fields["annee"].choices = [fields["annee"].choices[0], *((str(year), str(year)) for year in years)]
        fields["annee"].error_messages["invalid_choice"] = f"Rien cette année-là{NBSP}: voici la dernière."
        self.activity: ActivityPage | None = None
        self.full_clean()

    def clean_dispositif(self) -> str:
        typed: str = self.cleaned_data["dispositif"]
        number = row_number(typed) if typed else None
        self.activity = open_to_all(ActivityPage.objects.filter(pk=number)).first() if number else None
        if typed and self.activity is None:
            raise forms.ValidationError(f"Ce dispositif n’existe pas{NBSP}: {IGNORED}")
        return typed

    @property
    def year(self) -> int | None:
        return int(self.value("annee") or 0) or None
