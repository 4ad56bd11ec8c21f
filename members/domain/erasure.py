"""Erasing an account: nothing here names anybody any more, and the row stays, so that counts hold.

``pages.domain.erasure`` says when; each app above erases what it holds first.
"""

import json
from collections.abc import Collection
from random import SystemRandom

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.hashers import make_password
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session as Visit
from django.db.models import Q
from django.utils import timezone
from wagtail.admin.models import EditingSession, FormState
from wagtail.models import APIToken, ModelLogEntry
from wagtail.users.models import UserProfile

from members.access import not_ended
from members.emails import new_nobody
from members.models import Membership, User


def obstacles(user: User) -> list[str]:
    """What somebody must be relieved of before they are erased, in sentences."""
    found = []
    if user.is_superuser:
        found.append("Administration de la plateforme : ce rôle doit d’abord être retiré.")
    today = timezone.localdate()
    coordinations = Membership.objects.filter(
        not_ended(on=today), user=user, role=Membership.Role.COORDINATOR
    )
    found += [
        f"Coordination de {each.organisation.short_name} : confiez d’abord ce rôle à quelqu’un d’autre."
        for each in coordinations.select_related("organisation").order_by("organisation__name", "pk")
    ]
    return found


def hold(user: User) -> User:
    """The account as it is now that nobody else may change it, nor register under it."""
    return User.objects.select_for_update(of=("self",)).get(pk=user.pk)


def addresses(user: User) -> set[str]:
    """Where the person proved that mail reaches them, and the account's own address."""
    proven = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    return {user.email, *proven}


def erase_account(*, user: User) -> None:
    """Leave a row that names nobody and that nobody may use. Needs the account held."""
    known = addresses(user)
    EmailAddress.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
    SocialAccount.objects.filter(user=user).delete()
    UserProfile.objects.filter(user=user).delete()
    for held in (EditingSession, FormState, APIToken):
        held.objects.filter(user=user).delete()
    kind = ContentType.objects.get_for_model(User)
    ModelLogEntry.objects.filter(content_type=kind, object_id=str(user.pk)).update(label=f"Compte {user.pk}")
    user.groups.clear()
    user.user_permissions.clear()
    _end_memberships(user)
    _close_visits(user, known)
    for name, value in _nobody().items():
        setattr(user, name, value)
    user.calendar_version += 1
    user.session_version += 1
    user.save()


def stand_ins(people: Collection[int]) -> dict[int, User]:
    """A nameless account for each of ``people``, in an order that says nothing of theirs."""
    shuffled = list(people)
    SystemRandom().shuffle(shuffled)
    made = User.objects.bulk_create([User(**_nobody()) for _ in shuffled])
    return dict(zip(shuffled, made, strict=True))


def _nobody() -> dict[str, object]:
    now = timezone.now()
    return {
        "email": new_nobody(),
        "first_name": "",
        "last_name": "",
        "profession": "",
        "civility": "",
        "rpps": "",
        "password": make_password(None),
        "is_active": False,
        "is_staff": False,
        "last_login": None,
        "date_joined": now,
        "erased_at": now,
    }


def _end_memberships(user: User) -> None:
    today = timezone.localdate()
    open_ones = Membership.objects.filter(Q(until__isnull=True) | Q(until__gt=today), user=user)
    open_ones.filter(since__gt=today).delete()
    open_ones.filter(since__lte=today).update(until=today)


def _close_visits(user: User, known: Collection[str]) -> None:
    """Browsers where the person is signed in, and those that remember their address."""
    closed = []
    for visit in Visit.objects.iterator(chunk_size=500):
        held = visit.get_decoded()
        text = json.dumps(held, ensure_ascii=False, default=str)
        if held.get(SESSION_KEY) == str(user.pk) or any(address in text for address in known):
            closed.append(visit.pk)
    Visit.objects.filter(pk__in=closed).delete()
