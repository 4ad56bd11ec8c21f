"""The survey: one mark, two scales, a few words."""

from typing import Any

from django import forms

from events.domain.questionnaires import TEXT_LENGTH as COMMENT_LENGTH
from events.models.survey import SCALE


class CommentField(forms.CharField):
    """Counts a line break as one sign, as browsers do."""

    def to_python(self, value: Any) -> str:
        return super().to_python(value).replace("\r\n", "\n")


class SurveyForm(forms.Form):
    score = forms.TypedChoiceField(
        label="Quelle note donnez-vous à cette session ?",
        choices=[(score, str(score)) for score in range(11)],
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choisissez une note de 0 à 10.",
            "invalid_choice": "La note va de 0 à 10.",
        },
    )
    useful = forms.TypedChoiceField(
        label="Utile pour ma pratique",
        choices=SCALE,
        coerce=int,
        empty_value=None,
        widget=forms.RadioSelect,
        required=False,
        error_messages={"invalid_choice": "Choisissez une réponse de la liste."},
    )
    welcome = forms.TypedChoiceField(
        label="Bon accueil, bonne organisation",
        choices=SCALE,
        coerce=int,
        empty_value=None,
        widget=forms.RadioSelect,
        required=False,
        error_messages={"invalid_choice": "Choisissez une réponse de la liste."},
    )
    comment = CommentField(
        label="Un mot de plus ?",
        help_text="Ne nommez personne ; pas d’information de santé.",
        max_length=COMMENT_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "max_length": f"Le texte dépasse {COMMENT_LENGTH} signes : raccourcissez-le.",
            "null_characters_not_allowed": "Le texte contient un caractère invisible : retapez-le.",
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", use_required_attribute=False, **kwargs)

    def values(self) -> dict[str, Any]:
        """What was answered, by the key of its question."""
        found = self.cleaned_data
        return {
            "note": found["score"],
            "utile": found["useful"],
            "accueil": found["welcome"],
            "mot": found["comment"],
        }
