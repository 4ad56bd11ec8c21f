"""A signature as a form carries it: lines drawn in a frame, or a name typed instead."""

import json
from typing import Any

from django import forms

from common.forms import RefusableForm
from events.domain.attendance.signing import NAME_LENGTH

MOST_SIGNS = 60_000


class SignatureForm(RefusableForm):
    """``strokes`` is filled by ``signature.js``; without it one types one's name."""

    strokes = forms.CharField(required=False, widget=forms.HiddenInput, strip=False)
    typed = forms.CharField(
        label="Ou tapez votre nom",
        required=False,
        max_length=NAME_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"max_length": f"Le nom tient en {NAME_LENGTH} signes."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)

    def clean_strokes(self) -> Any:
        """Whatever it is, the rule looks at it; what is no JSON at all is refused here."""
        raw = self.cleaned_data["strokes"]
        if not raw:
            return []
        if len(raw) > MOST_SIGNS:
            raise forms.ValidationError("Cette signature est trop longue : recommencez-la.")
        try:
            return json.loads(raw)
        except (ValueError, RecursionError):
            raise forms.ValidationError("Cette signature ne se lit pas : recommencez-la.") from None

    @property
    def signature(self) -> dict[str, Any]:
        return {"strokes": self.cleaned_data["strokes"], "typed": self.cleaned_data["typed"]}
