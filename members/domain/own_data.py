"""What an account holds of a person, for that person: plain values, nothing of anybody else's."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount

from members.models import Consent, Membership, User

Rows = list[dict[str, Any]]


def account(user: User) -> dict[str, Any]:
    return {
        "adresse_email": user.email,
        "prenom": user.first_name,
        "nom": user.last_name,
        "civilite": user.get_civility_display(),
        "profession": user.get_profession_display(),
        "rpps": user.rpps,
        "connu_depuis": user.date_joined,
        "derniere_connexion": user.last_login,
        "mot_de_passe": user.has_usable_password(),
        "groupes": [str(group) for group in user.groups.order_by("name")],
    }


def addresses(user: User) -> Rows:
    rows = EmailAddress.objects.filter(user=user).order_by("pk")
    return [{"adresse_email": row.email, "verifiee": row.verified, "principale": row.primary} for row in rows]


def ways_in(user: User) -> Rows:
    """That they exist, never their secrets."""
    factors = Authenticator.objects.filter(user=user).order_by("pk")
    identities = SocialAccount.objects.filter(user=user).order_by("pk")
    return [
        *(
            {
                "moyen": str(row.get_type_display()),
                "depuis": row.created_at,
                "derniere_fois": row.last_used_at,
            }
            for row in factors
        ),
        *(
            {
                "moyen": row.provider,
                "identifiant": row.uid,
                "depuis": row.date_joined,
                "derniere_fois": row.last_login,
                "recu": row.extra_data,
            }
            for row in identities
        ),
    ]


def memberships(user: User) -> Rows:
    rows = Membership.objects.filter(user=user).select_related("organisation").order_by("since", "pk")
    return [
        {
            "structure": row.organisation.name,
            "role": row.get_role_display(),
            "depuis": row.since,
            "jusqu_au": row.until,
        }
        for row in rows
    ]


def consents(user: User) -> Rows:
    rows = Consent.objects.filter(user=user).select_related("organisation").order_by("given_at", "pk")
    return [
        {
            "structure": row.organisation.name,
            "objet": row.get_purpose_display(),
            "phrase_lue": row.wording,
            "donne_le": row.given_at,
            "retire_le": row.withdrawn_at,
        }
        for row in rows
    ]
