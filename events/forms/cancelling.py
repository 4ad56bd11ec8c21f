"""Why a session is cancelled."""

from django import forms


class CancelForm(forms.Form):
    reason = forms.CharField(
        label="Motif, envoyé aux personnes concernées et affiché sur la page de la session",
        max_length=240,
        help_text="Tout le monde peut le lire : ne parlez de la santé de personne.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Indiquez le motif : il est envoyé aux personnes inscrites."},
    )
