"""The form of a message rule; it parses, ``message_rules.save_rule`` decides and writes."""

from typing import Any

from django import forms

from common.errors import DomainError
from events.access import Actor, coordinated_activities
from events.domain.message_rules import EDITABLE, SHARED, save_rule
from events.domain.placeholders import PLACEHOLDERS
from events.forms.importing import ActivityChoiceField
from events.forms.stale import note_beside
from events.forms.standing import in_words
from events.models import MessageRule
from members.access import coordinated_organisations
from members.models import User

WORDS_ID = "mots"


class MessageRuleForm(forms.ModelForm):
    """``adjusts``: the form of an adaptation, for one activity, of that rule."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    stored: MessageRule | None = None

    class Meta:
        model = MessageRule
        fields = ("organisation", *EDITABLE)
        field_classes = {"activity": ActivityChoiceField}
        labels = {
            "name": "Nom",
            "activity": "Dispositif",
            "moment": "Quand",
            "days": "Nombre de jours",
            "audience": "À qui",
            "subject": "Objet",
            "body": "Texte",
            "active": "Envoyer ce message",
        }
        help_texts = {
            "name": "Pour le retrouver ; les destinataires ne le voient pas.",
            "days": (
                "Le message part à 9 h. Avec 0 : le matin même, ou la veille à 18 h si le créneau commence "
                "tôt ; après un créneau, dès sa fin."
            ),
            "audience": "« Présentes » et « absentes » suivent l’émargement du jour.",
            "active": "Décochez pour ne plus l’envoyer, sans le perdre.",
        }
        widgets = {"body": forms.Textarea(attrs={"rows": 16, "aria-describedby": WORDS_ID})}
        error_messages = {
            "name": {"required": "Donnez un nom à ce message."},
            "subject": {"required": "Indiquez l’objet."},
            "body": {"required": "Écrivez le texte."},
            "days": {"required": "Indiquez un nombre de jours.", "invalid": "Indiquez un nombre de jours."},
        }

    def __init__(self, *args: Any, user: Actor, adjusts: MessageRule | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.adjusts = adjusts or self.instance.adjusts
        own = coordinated_organisations(user).order_by("short_name", "pk")
        self._offer_organisations(own)
        activities = coordinated_activities(user).order_by("title", "pk")
        if self.adjusts:
            activities = activities.filter(organisation=self.adjusts.organisation_id)
        elif self.instance.pk:
            activities = activities.filter(organisation=self.instance.organisation_id)
        self.fields["activity"].queryset = activities
        self.fields["activity"].empty_label = "Tous les dispositifs"
        self.fields["activity"].label_from_instance = lambda activity: activity.title
        if self.adjusts:
            self._adapt()

    def _offer_organisations(self, own: Any) -> None:
        organisations = list(own[:2])
        if self.adjusts or self.instance.pk or len(organisations) == 1:
            del self.fields["organisation"]
            if self.adjusts:
                self.instance.organisation = self.adjusts.organisation
            elif not self.instance.pk:
                self.instance.organisation = organisations[0]
        else:
            self.fields["organisation"].queryset = own
            self.fields["organisation"].label_from_instance = lambda organisation: organisation.short_name

    def _adapt(self) -> None:
        for name in SHARED:
            del self.fields[name]
        self.fields["activity"].empty_label = "Choisissez un dispositif"
        self.fields["active"].help_text = "Décochez pour ne pas l’envoyer du tout pour ce dispositif."
        if self.instance.pk:
            self.fields["activity"].disabled = True

    def _post_clean(self) -> None:
        # The domain judges: the model's own sentences are for whoever bypasses it.
        self.instance.adjusts = self.adjusts
        for name in self.cleaned_data.keys() & {"organisation", *EDITABLE}:
            setattr(self.instance, name, self.cleaned_data[name])

    def save(self, *, by: User) -> MessageRule:  # type: ignore[override]
        seen = (self.cleaned_data.get("version") or 0) if self.instance.pk else None
        return save_rule(rule=self.instance, seen=seen, by=by)

    @property
    def shown_version(self) -> int | str:
        if self.stored is not None:
            return self.stored.version
        return self["version"].value() or self.instance.version

    def refuse(self, error: DomainError) -> None:
        """Show the domain's sentence where the eye looks for it, and what stands now beside it."""
        self.add_error(error.field if error.field in self.fields else None, str(error))
        self.stored = getattr(error, "stored", None)
        if self.stored is not None:
            for name in self.fields.keys() & set(EDITABLE):
                if getattr(self.stored, name) != getattr(self.instance, name):
                    note_beside(self, name, in_words(self.stored, name))  # type: ignore[arg-type]


def words() -> list[tuple[str, str]]:
    """The words in braces, and what each stands for."""
    return [(f"{{{word}}}", meaning) for word, meaning in PLACEHOLDERS.items()]
