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
