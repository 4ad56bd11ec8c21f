"""What a person states when registering, checked and normalised once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from common.errors import DomainError
from common.prepared import PLACE, TEXT, Prepared
from common.prepared_insert import PreparedInsert
from events.models import ACTIVE_STATES, Registration, Session
from members.access import not_ended
from members.domain.statements import checked_name, checked_rpps, one_of
from members.emails import checked_email
from members.models import Organisation, User
from members.professions import Civility, Profession

# What an account holds of a person's statements.
PROFILE = ("first_name", "last_name", "profession", "civility", "rpps")


def _owner(session: int, email: str) -> QuerySet[User]:
    active = Registration.objects.filter(session=session, user=OuterRef("pk"), state__in=ACTIVE_STATES)
    standing = Subquery(active.order_by().values("pk")[:1])
    return User.objects.annotate(standing=standing).filter(email=email).order_by()[:1]


OWNER = Prepared(_owner, PLACE, TEXT)
OPEN = PreparedInsert(User)


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
        profession=one_of(Profession, person.profession, field="profession"),
        civility=one_of(Civility, person.civility, field="civility"),
        rpps=checked_rpps(person.rpps),
    )


def find_user(*, email: str, session: Session) -> tuple[User | None, int | None]:
    """The user of that address, and the key of their active registration to ``session``; one query."""
    user: Any = next(iter(OWNER(session.pk, email)), None)
    return user, user.standing if user else None


def open_account(user: User) -> User:
    """Store the ``account_of`` somebody. Raises ``IntegrityError`` when another process was faster."""
    OPEN(user)
    return user


def find_or_create_user(person: Person) -> User:
    """The user of that address; one that exists is left as it is, whatever ``person`` states."""
    return find_or_create_users([person])[person.email]


def find_or_create_users(persons: Sequence[Person]) -> dict[str, User]:
    """The users of those addresses, by address; the same rule for many people at once."""
    wanted = {person.email: person for person in persons}
    users = _by_email(wanted)
    new = [account_of(wanted[email]) for email in sorted(wanted.keys() - users.keys())]
    if new:
        User.objects.bulk_create(new, ignore_conflicts=True)  # another process may be faster
        users |= _by_email([user.email for user in new])
    return users


def keep_from_erasure(users: Collection[User]) -> None:
    """Hold the accounts until the transaction ends, so that no name is written on one that is erased.

    Needs the sessions held: see ``seats.lock``. Raises ``DomainError`` where an erasure was faster.
    """
    wanted = {user.pk for user in users}
    if not_erased(wanted) != wanted:
        raise DomainError("Cette inscription n’a pas pu être enregistrée : recommencez.")


def not_erased(users: Collection[int]) -> set[int]:
    """Those of the accounts that name somebody, held until the transaction ends.

    Whoever writes to people without holding their session asks this before storing it: an erasure takes
    back what was stored before it, and nothing that comes later.
    """
    held = User.objects.select_for_update(no_key=True).filter(pk__in=users, erased_at=None)
    return set(held.order_by("pk").values_list("pk", flat=True))


def still_theirs(registrations: Collection[Registration]) -> set[int]:
    """Of what was read before: the keys of those that name somebody, as ``not_erased`` says, and still do.

    The night gives a registration to somebody nameless and leaves the account as it is.
    """
    standing = not_erased({each.user_id for each in registrations})
    theirs = Registration.objects.filter(pk__in=[each.pk for each in registrations], user__in=standing)
    return set(theirs.order_by().values_list("pk", flat=True))


def is_known_member(user: User, organisation: Organisation) -> bool:
    """What the person is likely to state: an open membership, or what they stated here last."""
    today = timezone.localdate()
    open_ones = not_ended(on=today)
    if user.memberships.filter(open_ones, organisation=organisation, since__lte=today).exists():
        return True
    own = Registration.objects.filter(user=user, session__activity__organisation=organisation)
    return bool(own.order_by("-registered_at", "-pk").values_list("is_member", flat=True).first())


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


def account_of(person: Person) -> User:
    """Not stored, and without a password."""
    return User(
        email=person.email,
        first_name=person.first_name,
        last_name=person.last_name,
        profession=person.profession,
        civility=person.civility,
        rpps=person.rpps,
        password=make_password(None),
    )
