"""What somebody has of a certificate: the number that they copy, or the file."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from certificates.domain.numbers import normalised

MOST_BYTES = 5 * 1024 * 1024
A_PDF = "Choisissez un fichier PDF."
TOO_LONG = "Ce fichier dépasse 5 Mo : ce n’est pas une de nos attestations."


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


class FileForm(forms.Form):
    """The file is read to make its digest, and forgotten."""

    fichier = forms.FileField(
        label="Le fichier PDF reçu",
        help_text="5 Mo au plus. Il est comparé, puis oublié : rien n’en est gardé.",
        widget=forms.FileInput(attrs={"accept": "application/pdf,.pdf"}),
        error_messages={
            "required": A_PDF,
            "invalid": A_PDF,
            "missing": A_PDF,
            "empty": "Ce fichier est vide.",
            "max_length": "Le nom de ce fichier est trop long.",
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)

    def clean_fichier(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["fichier"]
        if (file.size or 0) > MOST_BYTES:
            raise ValidationError(TOO_LONG)
        if not file.read(5).startswith(b"%PDF-"):
            raise ValidationError("Ce fichier n’est pas un PDF.")
        file.seek(0)
        return file
