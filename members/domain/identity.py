"""What Pro Santé Connect says of a person, and what we keep of it: their name and profession."""

from collections.abc import Iterator, Mapping
from typing import Any

from common.errors import DomainError
from members.professions import Profession

# How surely they were identified (eIDAS): we ask for the first level, and a browser may ask for less.
SURE_ENOUGH = frozenset({"eidas1", "eidas2", "eidas3"})


def checked_claims(claims: Mapping[str, Any]) -> dict[str, Any]:
    """The claims about the person. Raises ``DomainError`` when they prove too little.

    ``claims`` holds what allauth gathered: ``id_token``, and ``userinfo`` fetched with its access token.
    """
    token, about = claims.get("id_token"), claims.get("userinfo")
    if not isinstance(token, Mapping) or not isinstance(about, Mapping):
        raise DomainError("Pro Santé Connect n’a pas répondu comme prévu.")
    if token.get("acr") not in SURE_ENOUGH:
        raise DomainError("Cette identification n’est pas assez sûre.")
    if not token.get("sub") or token["sub"] != about.get("sub"):
        raise DomainError("Pro Santé Connect a répondu pour quelqu’un d’autre.")
    return dict(about)


def profession_of(claims: Mapping[str, Any]) -> str:
    """The first profession that we know, from where they practise, else from their role; or nothing."""
    known = {code for code in Profession.values if code.isdigit()}
    return next((code for code in _codes(claims) if code in known), "")


def name_of(raw: object) -> str:
    return " ".join(str(raw or "").split())[:80]


def _codes(claims: Mapping[str, Any]) -> Iterator[str]:
    reference = claims.get("SubjectRefPro")
    practices = reference.get("exercices") if isinstance(reference, Mapping) else None
    for practice in practices if isinstance(practices, list) else []:
        if isinstance(practice, Mapping):
            yield str(practice.get("codeProfession"))
    roles = claims.get("SubjectRole")
    for role in roles if isinstance(roles, list) else [roles]:
        yield str(role).partition("^")[0]  # « 10^SM26 »
