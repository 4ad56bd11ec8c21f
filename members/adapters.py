"""allauth's decisions, where ours differ."""

import logging
import smtplib
from typing import Any

import segno
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.utils import build_absolute_uri
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse

from common import refusals
from members.domain.second_factor import can_use_second_factor
from members.models import User

logger = logging.getLogger(__name__)

WAYS = {
    "reauthenticate": "Avec mon mot de passe",
    "mfa_reauthenticate": "Avec un code de mon application, ou un code de secours",
    "mfa_reauthenticate:webauthn": "Avec ma clé d’accès",
}
WRONG_CODE = "Ce code n’est pas le bon, ou il a expiré."
# What allauth calls the refusals that somebody who guesses meets.
REFUSED = {
    *("email_password_mismatch", "enter_current_password", "incorrect_code", "incorrect_password"),
    *("invalid_password_reset", "rate_limited", "too_many_login_attempts"),
}
NOT_SENT = "L’e-mail n’est pas parti : notre serveur de courriel ne répond pas. Réessayez dans une minute."


class Telling:
    """Every refusal of a password, a code or a key passes here: a line for it, and for what was too much."""

    def validation_error(self, code: str, *args: Any) -> ValidationError:
        if code in REFUSED:
            request = context.request
            user = getattr(request, "user", None)
            refusals.tell(request, f"Refused ({code})", account=getattr(user, "pk", None))
        error: ValidationError = super().validation_error(code, *args)  # type: ignore[misc]
        return error


class AccountAdapter(Telling, DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "L’adresse ou le mot de passe n’est pas le bon.",
        "enter_current_password": "Ce n’est pas votre mot de passe actuel.",
        "incorrect_code": WRONG_CODE,
        "incorrect_password": "Ce n’est pas votre mot de passe.",
        "invalid_login": "Indiquez une adresse e-mail valable, par exemple prenom@exemple.fr.",
        "invalid_password_reset": "Ce lien ne sert plus.",
        "duplicate_email": "C’est déjà votre adresse.",
        "same_as_current": "C’est déjà votre adresse.",
        "rate_limited": "Trop de demandes en peu de temps : réessayez dans quelques minutes.",
        "too_many_login_attempts": "Trop d’essais pour cette adresse : réessayez dans quelques minutes.",
    }

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """An account that is closed answers as one that never was."""
        user = super().authenticate(request, **credentials)
        return user if user is not None and user.is_active else None

    def set_password(self, user: Any, password: str) -> None:
        """The password alone: what else was read of the account may have been erased since."""
        user.set_password(password)
        user.save(update_fields=["password"])

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Whoever has a second factor confirms with it: a password is not enough to change it."""
        ways = super().get_reauthentication_methods(user)
        if isinstance(user, User) and can_use_second_factor(user):
            ways = [way for way in ways if way["id"] != "reauthenticate"]
        # A passkey first: most people who have one have nothing else but recovery codes.
        ways.sort(key=lambda way: way["id"] != "mfa_reauthenticate:webauthn")
        return [way | {"description": WAYS[way["id"]]} for way in ways]

    def send_account_already_exists_mail(self, email: str) -> None:
        url = build_absolute_uri(context.request, reverse("account_request_login_code"))
        self.send_mail("account/email/account_already_exists", email, {"code_url": url})

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A mail server that is down is said, whoever the address belongs to; it breaks no page."""
        try:
            super().send_mail(template_prefix, email, context)
        except (OSError, smtplib.SMTPException) as error:
            logger.error("A mail of an account did not leave: %s", type(error).__name__)
            if self.request is not None:
                messages.error(self.request, NOT_SENT)


class MFAAdapter(Telling, DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "add_email_blocked": "Retirez d’abord la double vérification.",
        "cannot_delete_authenticator": "La double vérification ne se retire pas.",
        "cannot_generate_recovery_codes": "Ajoutez d’abord une clé d’accès ou une application.",
        "incorrect_code": WRONG_CODE,
        "unverified_email": "Confirmez d’abord votre adresse e-mail : demandez un code pour vous connecter.",
    }

    def build_totp_svg(self, url: str) -> str:
        """Inline in the page, which loads no picture from an address made of data."""
        code: str = segno.make(url, error="m", micro=False).svg_inline(
            scale=5, border=2, dark="#10283b", light="#fff", omitsize=True, svgclass=None, lineclass=None
        )
        return code.replace("<svg ", '<svg role="img" aria-label="Code à photographier" ', 1)

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:  # noqa: A002
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return "Ma clé" if number == 1 else f"Ma clé n° {number}"

    def _get_site_name(self) -> str:
        return str(settings.WAGTAIL_SITE_NAME)
