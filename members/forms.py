"""allauth's forms, where ours differ."""

from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import RequestLoginCodeForm as AllauthRequestLoginCodeForm
from allauth.account.models import EmailAddress


class LoginForm(AllauthLoginForm):
    """Keeps the password: allauth drops it when signing up asks for none, yet staff may have set one."""

    def _setup_password_field(self) -> None:
        self.fields["login"].label = "Adresse e-mail"
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)  # the label says it already


class RequestLoginCodeForm(AllauthRequestLoginCodeForm):
    """One code, not two, for somebody known only through a registration.

    allauth counts the code as proof of the address when it knows the address, and would otherwise
    ask for a second one.
    """

    def clean_email(self) -> str:
        email: str = super().clean_email()
        if self._user is not None and self._user.email == email.lower():
            EmailAddress.objects.get_or_create(
                user=self._user, email=self._user.email, defaults={"primary": True}
            )
        return email
