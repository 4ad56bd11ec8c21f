"""Who leads a session. A role with an account opens the session's attendees; taking it away closes them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from wagtail.log_actions import log

from common.errors import DomainError
from common.versions import raise_version
from events.domain import seats
from events.domain.people import Person, find_or_create_user
from events.models import Session, SessionRole
from members.emails import checked_email
from members.models import User


@dataclass(frozen=True)
class RoleLine:
    """One line of the session's form; ``email`` names an account, which is opened if need be."""

    role: str
    name: str
    email: str = ""


def open_accounts(roles: Sequence[RoleLine]) -> None:
    """The accounts that ``roles`` name, for whoever is about to hold stored sessions: see ``seats.lock``."""
    for email in sorted({line.email for line in map(_checked, roles) if line.email}):
        _account(email)


def set_roles(*, session: Session, roles: Sequence[RoleLine], by: User | None) -> None:
    """Make ``roles`` the roles of ``session``, and log who gained or lost one."""
    wanted = [_checked(line) for line in roles]
    accounts = [(line.role, line.email) for line in wanted if line.email]
    if len(accounts) != len(set(accounts)):
        raise DomainError("Cette personne a deux fois le même rôle.", field="roles")
    with transaction.atomic():
        # Accounts before the session is held: see ``seats.lock``.
        lines = [(line.role, line.name, _account(line.email)) for line in wanted]
        locked = seats.lock(session_id=session.pk)
        before = _picture(locked)
        if [(role, name, user.pk if user else None) for role, name, user in lines] == before:
            return
        locked.roles.all().delete()
        for role, name, user in lines:
            SessionRole.objects.create(session=locked, role=role, name=name, user=user)
        locked.save(update_fields=raise_version(stored=locked, seen=None, by=by))
        # Ids only: names do not belong in the log.
        change = {"before": _ids(before), "after": _ids(_picture(locked))}
        log(instance=locked, action="escale.edit", user=by, data={"roles": change})


def _checked(line: RoleLine) -> RoleLine:
    if line.role not in SessionRole.Role.values:
        raise DomainError("Ce rôle ne fait pas partie de la liste.", field="roles")
    name = " ".join(line.name.split())
    if not name:
        raise DomainError("Indiquez le nom affiché de chaque personne qui anime.", field="roles")
    return RoleLine(line.role, name, checked_email(line.email) if line.email.strip() else "")


def _account(email: str) -> User | None:
    return find_or_create_user(Person(first_name="", last_name="", email=email)) if email else None


def _picture(session: Session) -> list[tuple[str, str, int | None]]:
    return list(session.roles.order_by("pk").values_list("role", "name", "user_id"))


def _ids(picture: list[tuple[str, str, int | None]]) -> list[list[str | int | None]]:
    return [[role, user] for role, _name, user in picture]
