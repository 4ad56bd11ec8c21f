"""Signing in from one's own phone."""

from typing import Any

from django import forms

from events.domain.attendance.signing import confirmed_registration
from events.forms.registration import RawField
from events.forms.signing import SignatureForm
from events.models import Registration, Slot
from members.emails import EMAIL_LENGTH
from members.models import User


class HereForm(SignatureForm):
    """Somebody signed in whom the session expects only signs, where signatures are wanted."""

    email = RawField(
        label="L’adresse e-mail de votre inscription",
        maxlength=EMAIL_LENGTH,
        autocomplete="email",
        required=False,
        widget=forms.EmailInput(
            attrs={"inputmode": "email", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )

    def __init__(self, *args: Any, user: User | None, slot: Slot, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person: Registration | None = confirmed_registration(slot=slot, user=user) if user else None
        self.user = user if self.person else None
        self.signs = slot.session.activity.organisation.signs_on_screen
        if self.user is not None:
            del self.fields["email"]

    def clean(self) -> dict[str, Any]:
        typed = self.cleaned_data.get("email", "").strip()
        if self.user is None and ("@" not in typed or len(typed) > EMAIL_LENGTH):
            self.add_error("email", "Tapez l’adresse e-mail avec laquelle vous vous êtes inscrit·e.")
        if self.signs and not self.errors and not any(self.signature.values()):
            self.add_error("typed", "Signez dans le cadre, ou tapez votre nom.")
        return self.cleaned_data

    @property
    def who(self) -> dict[str, Any]:
        return {"user": self.user} if self.user else {"email": self.cleaned_data["email"]}

    @property
    def signature(self) -> dict[str, Any]:
        return super().signature if self.signs else {}
