"""The number that somebody copies from a certificate."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from certificates.domain.numbers import normalised


class NumberForm(forms.Form):
    numero = forms.CharField(
        label="Numéro de l’attestation",
        max_length=200,
        help_text="26 lettres et chiffres ; les tirets, les espaces et la casse ne comptent pas.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "required": "Recopiez le numéro imprimé en bas de l’attestation.",
            "max_length": "Ce texte est trop long pour un numéro d’attestation.",
            "null_characters_not_allowed": "Ce n’est pas un numéro d’attestation.",
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)

    def clean_numero(self) -> str:
        number = normalised(self.cleaned_data["numero"])
        if number is None:
            raise ValidationError(
                "Un numéro compte 26 lettres et chiffres : vérifiez ce que vous avez recopié."
            )
        return number
