"""How the documents of an organisation read, as one form."""

from typing import Any

from django import forms
from wagtail.images import get_image_model
from wagtail.images.widgets import AdminImageChooser
from wagtail.permissions import policy_registry

from certificates.domain.document_settings import DIGITS, SETTINGS, WORDS, save_documents
from certificates.domain.wording import OPENINGS, words
from certificates.models import DocumentSettings, DocumentTemplate
from common.errors import DomainError
from common.versions import StaleError
from events.access import Actor
from members.models import Organisation, User

LABELS = {"title": "Titre", "opening": "Texte du début", "closing": "Texte de la fin"}


class DocumentsForm(forms.ModelForm):
    """``version`` is what the person was shown; each kind of document has its three texts."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    signatory = forms.CharField(
        label="Signataire",
        max_length=120,
        required=False,
        help_text="Prénom et nom, tels qu’ils sont imprimés.",
    )

    class Meta:
        model = DocumentSettings
        fields = SETTINGS
        widgets = {"logo": AdminImageChooser, "legal_line": forms.Textarea(attrs={"rows": 2})}
        help_texts = {
            "logo": "En haut à droite, 18 mm de haut. PNG ou JPEG.",
            "signatory_role": "Par exemple : présidente.",
            "declaration_number": "11 chiffres. Vide : la mention légale n’est pas imprimée.",
            "declaration_region": "Par exemple : Normandie.",
            "seals": "Chaque PDF est alors scellé avec la clé de la structure.",
        }

    def __init__(
        self, *args: Any, templates: dict[str, DocumentTemplate], user: Actor, sealable: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.templates, self.stored = templates, None
        self.initial["version"] = self.instance.version if self.instance.pk else 0
        self.initial["signatory"] = self._organisation.signatory
        images = policy_registry.get_by_type(get_image_model())
        self.fields["logo"].queryset = images.instances_user_has_any_permission_for(user, ["choose"])
        self.fields["declaration_number"].widget.attrs |= {"inputmode": "numeric", "maxlength": DIGITS}
        if not sealable:
            self.fields["seals"].help_text = "Aucune clé ne s’ouvre : les documents partent sans cachet."
        if not sealable and not self.instance.seals:
            del self.fields["seals"]
        for template in templates.values():
            self._add_texts(template)

    @property
    def _organisation(self) -> Organisation:
        return self.instance.organisation

    @property
    def shown_version(self) -> int:
        return self.stored.version if self.stored else self.initial["version"]

    def _add_texts(self, template: DocumentTemplate) -> None:
        standard = words(settings=self.instance, template=DocumentTemplate(kind=template.kind))
        for name in WORDS:
            if name == "opening" and template.kind not in OPENINGS:
                continue
            widget = forms.TextInput() if name == "title" else forms.Textarea(attrs={"rows": 2})
            widget.attrs["placeholder"] = standard[name]
            self.fields[f"{template.kind}_{name}"] = forms.CharField(
                label=LABELS[name],
                required=False,
                max_length=DocumentTemplate._meta.get_field(name).max_length,
                initial=getattr(template, name),
                widget=widget,
            )

    def typed(self, kind: str) -> DocumentTemplate:
        """The texts of one document as they are typed; a text that is refused counts as empty."""
        said = {name: self.cleaned_data.get(f"{kind}_{name}", "") for name in WORDS}
        return DocumentTemplate(organisation=self._organisation, kind=kind, **said)

    def save(self, *, by: User) -> DocumentSettings:  # type: ignore[override]
        return save_documents(
            settings=self.instance,
            templates=[self.typed(kind) for kind in self.templates],
            signatory=self.cleaned_data["signatory"],
            seen=self.cleaned_data.get("version") or 0,
            by=by,
        )

    def refuse(self, error: DomainError) -> None:
        self.add_error(error.field if error.field in self.fields else None, str(error))
        if error.field == "logo":
            self.data = self.data.copy()
            self.data["logo"] = ""  # no picture of it could be shown
        if isinstance(error, StaleError):
            self.stored = error.stored  # type: ignore[assignment]
            for name in SETTINGS:
                if name in self.fields and getattr(self.stored, name) != getattr(self.instance, name):
                    stands = getattr(self.stored, name) or "rien"
                    self[name].help_text = f"Enregistré entre-temps : {stands}."
