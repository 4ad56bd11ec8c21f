"""Who leads a session. A role with an account opens the session's attendees; taking it away closes them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from wagtail.log_actions import log

from common.errors import DomainError
from common.versions import raise_version
from events.access import LEADING
from events.domain import seats
from events.domain.people import Person, find_or_create_user, not_erased
from events.models import AgendaItem, AttendeeLink, Session, SessionRole
from members.emails import checked_email
from members.models import User

ERASED = "Une personne nommée ici vient de faire effacer ses données : rechargez la page."


@dataclass(frozen=True)
class RoleLine:
    """One line of the session's form; ``email`` names an account, which is opened if need be.

    ``presentation`` and ``disclosure`` None: not asked here, what is stored of the same person stays.
    """

    role: str
    name: str
    email: str = ""
    presentation: str | None = None
    disclosure: str | None = None


def open_accounts(roles: Sequence[RoleLine]) -> None:
    """The accounts that ``roles`` name, for whoever is about to hold stored sessions: see ``seats.lock``."""
    for email in sorted({line.email for line in map(_checked, roles) if line.email}):
        _account(email)


def set_roles(*, session: Session, roles: Sequence[RoleLine], by: User | None) -> None:
    """Make ``roles`` the roles of ``session``, and log who gained or lost one.

    The programme keeps naming those who stay, and no longer those who go.
    """
    wanted = [_checked(line) for line in roles]
    accounts = [(line.role, line.email) for line in wanted if line.email]
    if len(accounts) != len(set(accounts)):
        raise DomainError("Cette personne a deux fois le même rôle.", field="roles")
    with transaction.atomic():
        # Accounts before the session is held: see ``seats.lock``.
        users = [_account(line.email) for line in wanted]
        locked = seats.lock(session_id=session.pk)
        named = {user.pk for user in users if user is not None}
        if not_erased(named) != named:
            raise DomainError(ERASED, field="roles")
        stored = list(locked.roles.order_by("pk"))
        roles_now = [_role(locked, line, user, stored) for line, user in zip(wanted, users, strict=True)]
        if [_picture(role) for role in roles_now] == [_picture(role) for role in stored]:
            return
        _replace(locked, stored, roles_now)
        locked.save(update_fields=raise_version(stored=locked, seen=None, by=by))
        # Ids only: names do not belong in the log.
        change = {"before": _ids(stored), "after": _ids(roles_now)}
        log(instance=locked, action="escale.edit", user=by, data={"roles": change})


def _replace(session: Session, stored: Sequence[SessionRole], roles: Sequence[SessionRole]) -> None:
    """Anew, so that their order is that of the form; then the programme is given its people back."""
    spoken = AgendaItem.roles.through
    links = list(
        spoken.objects.filter(sessionrole__in=stored).order_by("pk").values_list("agendaitem", "sessionrole")
    )
    opened = list(AttendeeLink.objects.filter(role__in=stored))
    former = {one.pk: one for one in stored}
    session.roles.all().delete()
    for role in roles:
        role.save(force_insert=True)
    heirs = {pk: _same(one, roles) for pk, one in former.items()}
    _keep_links(opened, former, heirs)
    pairs = {(item, heir.pk) for item, role in links if (heir := heirs.get(role)) is not None}
    spoken.objects.bulk_create(
        spoken(agendaitem_id=item, sessionrole_id=role) for item, role in sorted(pairs)
    )


def _keep_links(
    opened: Sequence[AttendeeLink],
    former: Mapping[int, SessionRole],
    heirs: Mapping[int, SessionRole | None],
) -> None:
    """Who still leads keeps their address. Another account under the same name is somebody else."""
    kept = []
    for link in opened:
        before, heir = former[link.role_id], heirs[link.role_id]
        if heir is not None and heir.role in LEADING and heir.user_id == before.user_id:
            link.role = heir
            kept.append(link)
    AttendeeLink.objects.bulk_create(kept)


def _role(session: Session, line: RoleLine, user: User | None, stored: Sequence[SessionRole]) -> SessionRole:
    role = SessionRole(session=session, role=line.role, name=line.name, user=user)
    known = _same(role, stored)
    role.presentation = _said(line.presentation, known.presentation if known else "")
    role.disclosure = _said(line.disclosure, known.disclosure if known else "")
    return role


def _same(role: SessionRole, others: Sequence[SessionRole]) -> SessionRole | None:
    """The same person among ``others``: in the same role if they have several."""
    found = [
        one
        for one in others
        if (role.user_id and one.user_id == role.user_id) or one.name.casefold() == role.name.casefold()
    ]
    return next((one for one in found if one.role == role.role), found[0] if found else None)


def _said(text: str | None, stored: str) -> str:
    return stored if text is None else " ".join(text.split())


def _checked(line: RoleLine) -> RoleLine:
    if line.role not in SessionRole.Role.values:
        raise DomainError("Ce rôle ne fait pas partie de la liste.", field="roles")
    name = " ".join(line.name.split())
    if not name:
        raise DomainError("Indiquez le nom affiché de chaque personne qui anime.", field="roles")
    email = checked_email(line.email) if line.email.strip() else ""
    return RoleLine(line.role, name, email, line.presentation, line.disclosure)


def _account(email: str) -> User | None:
    return find_or_create_user(Person(first_name="", last_name="", email=email)) if email else None


def _picture(role: SessionRole) -> tuple[str, str, int | None, str, str]:
    return role.role, role.name, role.user_id, role.presentation, role.disclosure


def _ids(roles: Sequence[SessionRole]) -> list[list[str | int | None]]:
    return [[role.role, role.user_id] for role in roles]
