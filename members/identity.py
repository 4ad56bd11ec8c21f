"""Pro Santé Connect, the e-ID of French health professionals, through allauth's OpenID Connect.

Its traps: it sends no e-mail address, its user information may be a signed token, and the browser may ask
for another level of assurance than ours. Accounts are linked by its subject only, never by an address.
"""

import json
import logging
from typing import Any

import jwt
import requests
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialLogin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from common.errors import DomainError
from members.domain.identity import checked_claims, name_of, profession_of
from members.models import User

logger = logging.getLogger(__name__)
SUBJECT = "SubjectNameID"
SECONDS = 5


class Session(requests.Session):
    """Asks the provider; whatever goes wrong there ends on our page, not in a server error."""

    def request(self, *args: Any, **kwargs: Any) -> requests.Response:  # type: ignore[override]
        try:
            response = super().request(*args, **{"timeout": SECONDS, "allow_redirects": False} | kwargs)
            if response.request.method == "GET":
                _check_answer(response)
        except (requests.RequestException, jwt.PyJWTError, ValueError) as error:
            logger.warning("Pro Santé Connect: %s", type(error).__name__)
            page = render_authentication_error(context.request, None, exception=error)
            raise ImmediateHttpResponse(page) from error
        return response


class IdentityAdapter(DefaultSocialAccountAdapter):
    def get_requests_session(self) -> requests.Session:
        return Session()

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> User:
        """Refuse what proves too little; prefill the profile; keep nothing else of what was told."""
        try:
            claims = checked_claims(sociallogin.account.extra_data)
        except DomainError as error:
            logger.warning("Pro Santé Connect: refused")
            raise PermissionDenied(str(error)) from error
        sociallogin.account.extra_data = {}
        sociallogin.email_addresses = []
        user: User = sociallogin.user
        user.first_name = name_of(claims.get("given_name"))
        user.last_name = name_of(claims.get("family_name"))
        user.profession = profession_of(claims)
        return user

    def get_signup_form_initial_data(self, sociallogin: SocialLogin) -> dict[str, Any]:
        return {}


def _check_answer(response: requests.Response) -> None:
    """A JSON object, or a signed one where user information is asked for: it came straight over TLS."""
    response.raise_for_status()
    if response.headers.get("Content-Type", "").startswith("application/jwt"):
        claims = jwt.decode(response.text, options={"verify_signature": False})
        response._content = json.dumps(claims).encode()
    found = response.json()
    if not isinstance(found, dict):
        raise requests.exceptions.InvalidJSONError
    if "Authorization" in response.request.headers and not (
        isinstance(found.get(SUBJECT), str) and found[SUBJECT].strip()
    ):
        raise requests.exceptions.InvalidJSONError
