"""Forms of images and documents, without tags, which Wagtail shares between all; and of rights."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.forms import BaseImageForm

from common.errors import DomainError
from common.forms import RefusableForm
from members.emails import EMAIL_LENGTH, normalise_email
from members.models import User
from pages.domain.erasure import ON_BEHALF
from pages.domain.uploads import check_document, opened, redrawn


class ImageForm(BaseImageForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("tags", None)
        if "file" in self.fields:
            opens = self.fields["file"].to_python
            self.fields["file"].to_python = lambda data: _tried(lambda file: opened(opens, file), data)

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        return _tried(redrawn, file) if isinstance(file, UploadedFile) else file


class DocumentForm(BaseDocumentForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("tags", None)

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if isinstance(file, UploadedFile):
            _tried(check_document, file)
        return file


def _tried(rule: Callable[[Any], Any], file: Any) -> Any:
    try:
        return rule(file)
    except DomainError as error:
        raise forms.ValidationError(str(error)) from error


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


class SearchForm(forms.Form):
    """The one question of the search page; what is no text asks nothing."""

    q = forms.CharField(required=False, max_length=100)

    def text(self) -> str:
        return str(self.cleaned_data.get("q") or "") if self.is_valid() else ""


class StyleForm(forms.Form):
    """Fields of each kind, for the style page; it is never sent."""

    first_name = forms.CharField(label="Prénom")
    email = forms.EmailField(label="Adresse e-mail", help_text="Pour la confirmation, rien d’autre.")
    profession = forms.ChoiceField(label="Profession", choices=[("", "Choisir…"), ("60", "Infirmier·e")])
    needs = forms.CharField(label="Une précision", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    note = forms.ChoiceField(
        label="Votre avis", choices=[(str(n), str(n)) for n in range(1, 6)], widget=forms.RadioSelect
    )
    days = forms.MultipleChoiceField(
        label="Jours", choices=[("1", "Samedi"), ("2", "Dimanche")], widget=forms.CheckboxSelectMultiple
    )
    is_member = forms.BooleanField(label="Je suis adhérent·e", required=False)

    @classmethod
    def clean_one(cls, name: str) -> "StyleForm":
        return cls(auto_id=f"{name}-vide-%s", initial={"first_name": "Camille", "note": "4"})

    @classmethod
    def mistaken(cls, auto_id: str) -> "StyleForm":
        return cls({"first_name": "Camille", "email": "camille@", "is_member": "on"}, auto_id=auto_id)
