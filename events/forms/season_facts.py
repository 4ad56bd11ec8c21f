"""What the dates of a season share."""

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from common.forms import RefusableForm
from events.domain.habits import Habit
from events.domain.planning import MAX_DAYS, Common, Place
from events.domain.session_checks import MAX_SEATS, SEATS
from events.models import Session, SessionRole

CHOOSE = {"required": "Choisissez dans la liste.", "invalid_choice": "Choisissez dans la liste."}
DAYS = f"Le nombre de jours va de 0 à {MAX_DAYS}."


class CommonForm(RefusableForm):
    """What the dates share; theme, place and facilitator can be changed date by date."""

    title = forms.CharField(label="Titre ou thème", required=False, max_length=160)
    capacity = forms.IntegerField(
        label="Places",
        error_messages={"invalid": SEATS, "required": "Indiquez le nombre de places."},
        validators=[MinValueValidator(1, SEATS), MaxValueValidator(MAX_SEATS, SEATS)],
    )
    modality = forms.ChoiceField(label="Modalité", choices=Session.Modality.choices, error_messages=CHOOSE)
    place_name = forms.CharField(label="Lieu", required=False, max_length=160)
    address = forms.CharField(label="Adresse", required=False, max_length=200)
    city = forms.CharField(label="Commune", required=False, max_length=80)
    access = forms.CharField(
        label="Accès", required=False, max_length=200, help_text="Transports, étage, fauteuil…"
    )
    online_url = forms.URLField(
        label="Lien de connexion",
        max_length=200,
        required=False,
        assume_scheme="https",
        error_messages={"invalid": "Indiquez une adresse complète, par exemple https://exemple.fr/salle."},
        help_text="Envoyé aux seules personnes inscrites.",
    )
    name = forms.CharField(label="Qui anime (nom affiché)", required=False, max_length=120)
    role = forms.ChoiceField(label="Rôle", choices=SessionRole.Role.choices, error_messages=CHOOSE)
    email = forms.EmailField(
        label="Adresse e-mail du compte",
        required=False,
        help_text="Facultative : la personne retrouve ses sessions dans son espace.",
        error_messages={"invalid": "Indiquez une adresse e-mail valable, par exemple prenom@exemple.fr."},
    )
    description = forms.CharField(
        label="Au programme", required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 3})
    )
    to_bring = forms.CharField(
        label="À prévoir", required=False, max_length=240, help_text="Tenue, matériel, repas…"
    )
    opens_days = forms.IntegerField(
        label="Inscriptions ouvertes, en jours avant",
        required=False,
        min_value=0,
        max_value=MAX_DAYS,
        error_messages={"invalid": DAYS, "min_value": DAYS, "max_value": DAYS},
        help_text="Vide : dès la publication.",
    )
    closes_days = forms.IntegerField(
        label="Inscriptions closes, en jours avant",
        required=False,
        min_value=0,
        max_value=MAX_DAYS,
        error_messages={"invalid": DAYS, "min_value": DAYS, "max_value": DAYS},
        help_text="Vide : au début de la session.",
    )

    @staticmethod
    def initial_of(habit: Habit, title: str) -> dict[str, Any]:
        place = habit.place
        return {
            "title": title,
            "capacity": habit.capacity,
            "modality": habit.modality,
            "place_name": place.name,
            "address": place.address,
            "city": place.city,
            "access": place.access,
            "online_url": habit.online_url,
            "name": habit.name,
            "role": habit.role,
            "email": habit.email,
            "to_bring": habit.to_bring,
            "opens_days": habit.opens_days,
            "closes_days": habit.closes_days,
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("email") and not data.get("name") and "name" in data:
            self.add_error("name", "Indiquez le nom affiché.")
        opens, closes = data.get("opens_days"), data.get("closes_days")
        if opens is not None and closes is not None and closes >= opens:
            self.add_error("closes_days", "Les inscriptions ferment avant d’ouvrir.")
        return data

    def common(self) -> Common:
        names = ("capacity", "modality", "description", "to_bring", "online_url", "opens_days", "closes_days")
        return Common(**{name: self.cleaned_data[name] for name in names})

    def place(self) -> Place:
        data = self.cleaned_data
        return Place(data["place_name"], data["address"], data["city"], data["access"])
