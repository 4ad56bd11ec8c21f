"""allauth's forms, where ours differ: our words, no placeholders, and equal work for every address."""

from typing import Any

from allauth.account import forms as account
from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.account.utils import has_verified_email, setup_user_email
from allauth.core import context, ratelimit
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp.forms import ActivateTOTPForm as AllauthActivateTOTPForm
from allauth.mfa.webauthn import forms as webauthn
from allauth.socialaccount.forms import SignupForm as AllauthSocialSignupForm
from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from common import limits
from members.emails import new_nobody
from members.models import User

LABELS = {
    "email": "Adresse e-mail",
    "login": "Adresse e-mail",
    "password": "Mot de passe",
    "oldpassword": "Mot de passe actuel",
    "password1": "Nouveau mot de passe",
    "password2": "Le même, encore une fois",
    "code": "Code",
    "name": "Nom de la clé",
    "passwordless": "Me connecter avec cette clé, sans code par e-mail",
}
HELP = {
    "name": "Pour la reconnaître : « Mon téléphone », « Ordinateur du cabinet ».",
    "passwordless": "Décochez pour une clé de sécurité sans empreinte ni code.",
}
REQUIRED = {
    "email": "Indiquez votre adresse e-mail.",
    "login": "Indiquez votre adresse e-mail.",
    "password": "Indiquez votre mot de passe.",
    "code": "Recopiez le code.",
    "credential": "La clé n’a pas répondu : recommencez.",
}
BAD_ADDRESS = "Indiquez une adresse e-mail valable, par exemple prenom@exemple.fr."


CODES_HERE, CODES_SECONDS = 5, 600


class OurWords(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)  # the label says it already
            field.label = LABELS.get(name, field.label)
            field.help_text = HELP.get(name, field.help_text)
            if name in REQUIRED:
                field.error_messages["required"] = REQUIRED[name]
            if isinstance(field, forms.EmailField):
                for validator in field.validators:
                    if hasattr(validator, "domain_regex"):
                        validator.message = BAD_ADDRESS
                field.error_messages["invalid"] = BAD_ADDRESS
            if name == "code":
                field.widget.attrs |= {"autocapitalize": "characters", "spellcheck": "false"}


class LoginForm(OurWords, account.LoginForm):
    """Keeps the password: allauth drops it when signing up asks for none, yet staff may have set one."""

    def _setup_password_field(self) -> None:
        pass


class RequestLoginCodeForm(OurWords, account.RequestLoginCodeForm):
    """One code, not two, for somebody known only through a registration.

    allauth counts the code as proof of the address when it knows the address, and would otherwise
    ask for a second one. It learns of it when the code comes back, not when it is asked for: asking
    does the same work whoever the address belongs to.

    From one network address, few codes for one mailbox; from all of them, a few more (the settings): a
    stranger who asks for somebody's codes does not keep that person from asking for theirs.
    """

    def clean_email(self) -> str:
        typed = str(self.cleaned_data["email"]).lower()
        if limits.count_here(context.request, typed, "code", seconds=CODES_SECONDS) > CODES_HERE:
            raise get_adapter().validation_error("too_many_login_attempts")
        email: str = super().clean_email()
        return email


class ConfirmLoginCodeForm(OurWords, account.ConfirmLoginCodeForm):
    pass


class ConfirmEmailVerificationCodeForm(OurWords, account.ConfirmEmailVerificationCodeForm):
    pass


class FewMails:
    """Each of these forms sends a mail to the address typed, whoever it belongs to: a few at a time."""

    def clean_email(self) -> str:
        email: str = super().clean_email()  # type: ignore[misc]
        if email and not ratelimit.consume(context.request, action="mail_to_address", key=email.lower()):
            raise get_adapter().validation_error("too_many_login_attempts")
        return email


class EqualSignup(FewMails):
    """Signing up a known address writes as much as a new one, and undoes it."""

    account_already_exists: bool

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        if self.account_already_exists:
            _write_and_undo(request)
            return super().try_save(request)  # type: ignore[misc, no-any-return]
        with transaction.atomic():  # its mail leaves later, outside
            return super().try_save(request)  # type: ignore[misc, no-any-return]


class SignupForm(EqualSignup, OurWords, account.SignupForm):
    pass


class SocialSignupForm(EqualSignup, OurWords, AllauthSocialSignupForm):
    pass


class AddEmailForm(FewMails, OurWords, account.AddEmailForm):
    pass


class ChangePasswordForm(OurWords, account.ChangePasswordForm):
    pass


class SetPasswordForm(OurWords, account.SetPasswordForm):
    pass


class ResetPasswordForm(OurWords, account.ResetPasswordForm):
    pass


class ResetPasswordKeyForm(OurWords, account.ResetPasswordKeyForm):
    pass


class ReauthenticateForm(OurWords, account.ReauthenticateForm):
    pass


class AuthenticateForm(OurWords, mfa.AuthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = "Code de votre application, ou code de secours"


class MFAReauthenticateForm(OurWords, mfa.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = "Code de votre application, ou code de secours"


class ActivateTOTPForm(OurWords, AllauthActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = "Code à six chiffres"
        self.fields["code"].widget.attrs["inputmode"] = "numeric"


class AddWebAuthnForm(OurWords, webauthn.AddWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["passwordless"].initial = True


class EditWebAuthnForm(OurWords, webauthn.EditWebAuthnForm):
    pass


def _write_and_undo(request: HttpRequest) -> None:
    """What signing up does, step by step, for somebody who does not exist."""
    nobody = new_nobody()
    with transaction.atomic():
        user = User.objects.create_user(nobody)
        address = setup_user_email(request, user, [EmailAddress(email=nobody)])
        has_verified_email(user)
        EmailAddress.objects.get_for_user(user, nobody)
        EmailAddress.objects.filter(user=user).select_related("user").first()
        # Nothing refers to them: no need to look for what does, which would take longer than signing up.
        for row in (address, user):
            type(row)._base_manager.filter(pk=row.pk)._raw_delete(row._state.db)  # type: ignore[attr-defined]
