"""Signing in in tests: with both factors, unless a test says otherwise."""

import time
from typing import Any

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.test import Client

USER_KEY = "account_authentication_methods_user"
_force_login = Client.force_login


def sign_in_with_both() -> None:
    """``client.force_login`` means, from here on, that a second factor was used too."""

    def force_login(self: Client, user: Any, backend: str | None = None) -> None:
        _force_login(self, user, backend)
        use_second_factor(self, user)

    Client.force_login = force_login  # type: ignore[method-assign]


def sign_in_with_one(client: Client, user: Any) -> Client:
    """As after an e-mailed code and a password."""
    _force_login(client, user)
    session = client.session
    session[USER_KEY] = str(user.pk)
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        {"method": "code", "at": time.time(), "email": user.email},
        {"method": "password", "at": time.time(), "email": user.email, "reauthenticated": True},
    ]
    session.save()
    return client


def use_second_factor(client: Client, user: Any, *, hours_ago: float = 0) -> None:
    session = client.session
    session[USER_KEY] = str(user.pk)
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        {
            "method": "mfa",
            "at": time.time() - hours_ago * 3600,
            "id": 1,
            "type": "totp",
            "reauthenticated": True,
        }
    ]
    session.save()
