"""What a coordinator fills in to decide about one person: a reason, another session."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from common import moments
from common.forms import RefusableForm
from events.models import Registration, Session

REASON_LENGTH = 500


class DecisionForm(RefusableForm):
    """``state`` is what the screen showed: a decision taken meanwhile by somebody else is not undone."""

    state = forms.ChoiceField(choices=Registration.State.choices, widget=forms.HiddenInput, required=False)


class DeclineForm(DecisionForm):
    reason = forms.CharField(
        label="Motif",
        required=False,
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Facultatif. Il est écrit tel quel dans le message à la personne.",
        error_messages={"max_length": "Le motif dépasse 500 signes."},
    )


class PromoteForm(DecisionForm):
    reason = forms.CharField(
        label="Raison",
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Gardée dans le journal, avec votre nom. N’écrivez rien sur la santé de la personne.",
        error_messages={
            "required": "Indiquez pourquoi cette personne passe avant les autres.",
            "max_length": "La raison dépasse 500 signes.",
        },
    )


class SessionField(forms.ModelChoiceField):
    def label_from_instance(self, session: Session) -> str:
        waits = f", {session.waiting} en attente" if session.waiting else ""
        return (
            f"{session.title}, {moments.moment(session.starts_at)} "
            f"(places prises : {session.seats_taken} sur {session.seats}{waits})"
        )


class MoveForm(DecisionForm):
    """``sessions`` are the coming ones of the same organisation; those of ``activity`` come first."""

    session = SessionField(
        label="Vers la session",
        queryset=Session.objects.none(),
        empty_label="Choisissez…",
        error_messages={
            "required": "Choisissez une session.",
            "invalid_choice": "Choisissez une session de la liste.",
        },
    )

    def __init__(
        self, *args: Any, sessions: QuerySet[Session], activity: int | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["session"]
        field.queryset = sessions
        if activity is not None:
            field.choices = _by_activity(field, list(sessions), activity)


def _by_activity(field: SessionField, sessions: list[Session], first: int) -> list[Any]:
    same = [session for session in sessions if session.activity_id == first]
    others = [session for session in sessions if session.activity_id != first]
    groups = [("Même dispositif", same), ("Autres dispositifs", others)]
    return [
        ("", field.empty_label),
        *(
            (heading, [(session.pk, field.label_from_instance(session)) for session in group])
            for heading, group in groups
            if group
        ),
    ]


class SeatsForm(RefusableForm):
    """« Places » on the session's page; ``version`` is the one that the page showed."""

    capacity = forms.IntegerField(
        label="Places",
        error_messages={
            "required": "Indiquez le nombre de places.",
            "invalid": "Le nombre de places va de 1 à 10 000.",
        },
        widget=forms.NumberInput(attrs={"min": 1, "max": 10_000}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
