"""Forms of images and documents, without tags, which Wagtail shares between all; and of rights."""

from typing import Any

from django import forms
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.forms import BaseImageForm

from common.forms import RefusableForm
from members.emails import EMAIL_LENGTH, normalise_email
from members.models import User
from pages.domain.erasure import ON_BEHALF


class ImageForm(BaseImageForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("tags", None)


class DocumentForm(BaseDocumentForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("tags", None)


class ErasureForm(RefusableForm):
    """Whom an administrator erases, and why: a choice, as free text ends up naming people."""

    email = forms.CharField(
        label="Adresse e-mail de la personne",
        max_length=EMAIL_LENGTH,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Indiquez l’adresse e-mail de la personne."},
    )
    reason = forms.ChoiceField(
        label="Raison",
        choices=[("", "Choisissez…"), *((each.value, each.label) for each in ON_BEHALF)],
        help_text="Gardée au journal, avec votre nom et un numéro de compte.",
        error_messages={"required": "Choisissez une raison.", "invalid_choice": "Choisissez une raison."},
    )
    user: User | None = None

    def clean_email(self) -> str:
        email = normalise_email(self.cleaned_data["email"])
        self.user = User.objects.filter(email=email, erased_at=None).first()
        if self.user is None:
            raise forms.ValidationError("Aucun compte ne porte cette adresse.")
        return email
