"""allauth's forms, where ours differ."""

from allauth.account.forms import LoginForm as AllauthLoginForm


class LoginForm(AllauthLoginForm):
    """Keeps the password: allauth drops it when signing up asks for none, yet staff may have set one."""

    def _setup_password_field(self) -> None:
        self.fields["login"].label = "Adresse e-mail"
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)  # the label says it already
