"""The same change on many sessions: each group of fields changes only if its box is ticked."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.forms import BoundField

from events.access import Actor
from events.domain.roles import RoleLine
from events.domain.session_checks import MAX_SEATS, SEATS
from events.forms.rows import RoleForm
from events.forms.rules import RulesForm
from events.models import QuestionSet, Session

# Name, what its box says, its fields. A group without fields is the change itself.
GROUPS: list[tuple[str, str, list[str]]] = [
    ("publish", "Publier les brouillons", []),
    ("place", "Changer le lieu", ["place_name", "address", "city", "department", "access"]),
    ("modality", "Changer la modalité", ["modality", "online_url"]),
    ("capacity", "Changer le nombre de places", ["capacity"]),
    ("window", "Changer les dates d’inscription", ["opens_days", "closes_hours"]),
    ("roles", "Changer qui anime", ["role", "name", "email"]),
    ("description", "Changer le programme", ["description"]),
    ("admitted", "Changer qui est admis", ["approval", "professions", "members_first_days"]),
    (
        "waiting",
        "Changer la surréservation et la liste d’attente",
        ["overbooking_percent", "waiting_list", "promotion", "offer_hours", "promotion_cutoff_hours"],
    ),
    ("questions", "Changer les questions", ["question_set"]),
]
WHO = {name: field for name, field in RoleForm.base_fields.items() if name in ("role", "name", "email")}


def before_start(label: str, unit: str, most: int, help_text: str) -> forms.IntegerField:
    sentence = f"Indiquez un nombre de {unit} de 0 à {most}."
    return forms.IntegerField(
        label=label,
        required=False,
        error_messages={"invalid": sentence},
        validators=[MinValueValidator(0, sentence), MaxValueValidator(most, sentence)],
        widget=forms.NumberInput(attrs={"min": 0, "max": most}),
        help_text=help_text,
    )


class EditManyForm(RulesForm):
    capacity = forms.IntegerField(
        label="Places",
        required=False,
        error_messages={"invalid": SEATS},
        validators=[MinValueValidator(1, SEATS), MaxValueValidator(MAX_SEATS, SEATS)],
        help_text="Personne ne perd sa place si ce nombre baisse.",
    )
    online_url = forms.URLField(
        label="Lien de connexion",
        max_length=200,
        required=False,
        assume_scheme="https",
        error_messages={"invalid": "Indiquez une adresse complète, par exemple https://exemple.fr/salle."},
        help_text="Envoyé aux seules personnes inscrites.",
    )
    opens_days = before_start(
        "Ouverture, en jours avant chaque session", "jours", 365, "Vide : dès la publication."
    )
    closes_hours = before_start(
        "Clôture, en heures avant chaque session", "heures", 8760, "Vide : au début de la session."
    )
    members_first_days = before_start(
        "Adhérents d’abord, jusqu’à tant de jours avant", "jours", 365, "Vide : sans priorité."
    )
    role, name, email = WHO["role"], WHO["name"], WHO["email"]

    class Meta:
        model = Session
        fields = (
            "place_name",
            "address",
            "city",
            "department",
            "access",
            "modality",
            "description",
            "approval",
            "professions",
            "overbooking_percent",
            "waiting_list",
            "promotion",
            "promotion_cutoff_hours",
            "offer_hours",
        )
        widgets = {"description": forms.Textarea(attrs={"rows": 4})}
        help_texts = {"department": "Vide : ne change pas."}

    def __init__(self, *args: Any, sessions: Sequence[Session], user: Actor, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        self.sessions = sessions
        for group, label, _fields in GROUPS:
            self.fields[f"change-{group}"] = forms.BooleanField(label=label, required=False)
        organisations = {session.activity.organisation_id for session in sessions}
        self.fields["question_set"].queryset = self._questions(organisations)
        self.fields["description"].validators.append(
            MaxLengthValidator(5000, "Le programme dépasse 5 000 signes.")
        )
        self.fields["name"].required = False
        self.initial = self._shared()

    @property
    def groups(self) -> list[tuple[BoundField, list[BoundField]]]:
        return [(self[f"change-{group}"], [self[name] for name in names]) for group, _label, names in GROUPS]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        for _group, names in self._chosen(data):
            if "capacity" in names and data.get("capacity", 0) is None:
                self.add_error("capacity", "Indiquez le nombre de places.")
            if "name" in names and not data.get("name") and "name" not in self.errors:
                self.add_error("name", "Indiquez le nom affiché.")
        unchanged = {
            name for group, _label, names in GROUPS if not data.get(f"change-{group}") for name in names
        }
        for name in unchanged & set(self.errors):
            del self.errors[name]  # what is not to change may hold anything
        if not self._chosen(data):
            self.add_error(None, "Choisissez au moins une chose à changer.")
        return data

    def changes(self) -> dict[str, Any]:
        """For ``events.domain.bulk_editing.edit_many``."""
        data, changes = self.cleaned_data, {}
        for group, names in self._chosen(data):
            if group == "roles":
                changes["roles"] = [RoleLine(data["role"] or "animation", data["name"], data["email"])]
            elif group == "publish":
                changes["publish"] = True
            else:
                changes |= {name: data[name] for name in names if data[name] or name != "department"}
        return changes

    @staticmethod
    def _chosen(data: dict[str, Any]) -> list[tuple[str, list[str]]]:
        return [(group, names) for group, _label, names in GROUPS if data.get(f"change-{group}")]

    def _shared(self) -> dict[str, Any]:
        """What all of them already have in common is where one begins."""
        initial: dict[str, Any] = {}
        for name in [*self.Meta.fields, "online_url", "capacity", "question_set_id"]:
            values = [getattr(session, name) for session in self.sessions]
            if values and all(value == values[0] for value in values):
                initial[name.removesuffix("_id")] = values[0]
        return initial

    @staticmethod
    def _questions(organisations: set[int]) -> Any:
        """One set for all: questions belong to one organisation."""
        own = QuestionSet.objects.order_by("name", "pk")
        return own.filter(organisation__in=organisations) if len(organisations) == 1 else own.none()
