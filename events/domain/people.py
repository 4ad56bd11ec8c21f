"""What a person states when registering, checked and normalised once."""

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from django.contrib.auth.hashers import make_password

from common.errors import DomainError
from members.emails import checked_email
from members.models import User
from members.professions import Civility, Profession

NAME_LENGTH = 80
# What an account holds of a person's statements.
PROFILE = ("first_name", "last_name", "profession", "civility", "rpps")
# Anybody may type anybody's address: our mail greets them by this name, and must not advertise for it.
_ADDRESS = re.compile(r"://|\bwww\.|\w\.(?:com|fr|net|org|eu|info|io|biz|ru|xyz|top|link|site|shop)\b", re.I)


@dataclass(frozen=True)
class Person:
    """Statements of one person; ``profession`` and ``civility`` are codes of ``members.professions``."""

    first_name: str
    last_name: str
    email: str
    profession: str = ""
    civility: str = ""
    rpps: str = ""
    is_member: bool = False


def checked(person: Person) -> Person:
    """``person`` in its stored form. Raises ``DomainError`` naming the field."""
    return replace(
        person,
        first_name=checked_name(person.first_name, field="first_name", what="prénom"),
        last_name=checked_name(person.last_name, field="last_name", what="nom"),
        email=checked_email(person.email),
        profession=_one_of(Profession, person.profession, field="profession"),
        civility=_one_of(Civility, person.civility, field="civility"),
        rpps=checked_rpps(person.rpps),
    )


def checked_name(raw: str, *, field: str, what: str) -> str:
    if any(unicodedata.category(char) == "Cc" for char in raw.strip()):
        raise DomainError(f"Le {what} contient un caractère invisible : retapez-le.", field=field)
    # Invisible marks (zero-width, text direction) come along with copied text and can disguise a name.
    visible = "".join(char for char in raw if unicodedata.category(char) != "Cf")
    name = " ".join(unicodedata.normalize("NFC", visible).split())
    if not name:
        raise DomainError(f"Indiquez votre {what}.", field=field)
    if _ADDRESS.search(name):
        raise DomainError(f"Le {what} ne contient pas d’adresse internet.", field=field)
    if len(name) > NAME_LENGTH:
        raise DomainError(f"Le {what} dépasse {NAME_LENGTH} caractères.", field=field)
    return name


def checked_rpps(raw: str) -> str:
    rpps = re.sub(r"[\s.]", "", raw)
    if rpps and not re.fullmatch(r"[0-9]{11}", rpps):
        raise DomainError("Le numéro RPPS compte 11 chiffres.", field="rpps")
    return rpps


def rpps_looks_mistyped(rpps: str) -> bool:
    """Whether the Luhn sum fails. It only warns: no official specification of a check digit was found."""
    total = 0
    for index, digit in enumerate(map(int, reversed(rpps))):
        doubled = digit * 2 if index % 2 else digit
        total += doubled - 9 if doubled > 9 else doubled
    return bool(rpps) and total % 10 != 0


def find_or_create_user(person: Person) -> User:
    """The user of that address; one that exists is left as it is, whatever ``person`` states."""
    return find_or_create_users([person])[person.email]


def find_or_create_users(persons: Sequence[Person]) -> dict[str, User]:
    """The users of those addresses, by address; the same rule for many people at once."""
    wanted = {person.email: person for person in persons}
    users = _by_email(wanted)
    new = [_user(wanted[email]) for email in sorted(wanted.keys() - users.keys())]
    if new:
        User.objects.bulk_create(new, ignore_conflicts=True)  # another process may be faster
        users |= _by_email([user.email for user in new])
    return users


def complete_profile(user: User, person: Person) -> None:
    """Keep on the account of somebody signed in what it lacked; what it holds stays."""
    lacking = [name for name in PROFILE if getattr(person, name) and not getattr(user, name)]
    if lacking:
        stated = {name: getattr(person, name) for name in lacking}
        User.objects.filter(pk=user.pk, **dict.fromkeys(lacking, "")).update(**stated)
        for name, value in stated.items():
            setattr(user, name, value)


def _by_email(emails: Collection[str]) -> dict[str, User]:
    return {user.email: user for user in User.objects.filter(email__in=emails)}


def _user(person: Person) -> User:
    return User(
        email=person.email,
        first_name=person.first_name,
        last_name=person.last_name,
        profession=person.profession,
        civility=person.civility,
        rpps=person.rpps,
        password=make_password(None),
    )


def _one_of(choices: type[Profession] | type[Civility], raw: str, *, field: str) -> str:
    if raw and raw not in choices.values:
        raise DomainError("Ce choix ne fait pas partie de la liste.", field=field)
    return raw
