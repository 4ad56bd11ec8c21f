"""Which past editions a visitor asks for, read from the address."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from common.moments import NBSP
from events.forms.catalogue import AddressForm, choice
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
        self.full_clean()

    @property
    def year(self) -> int | None:
        return int(self.value("annee") or 0) or None
