"""The second factor: who must have used one before they see other people's data, and whether they did.

The first factor is an address (a code, or a password for it). The second is a passkey, an application
that shows codes, or a recovery code; signing in with a passkey counts as both. It counts for the browser
session that saw it, for one working day.
"""

import time
from collections.abc import Callable

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY, get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from wagtail import hooks
from wagtail.log_actions import log

from common.errors import DomainError
from members.access import is_coordinator
from members.models import User

FRESH_SECONDS = 12 * 3600
# A form opened in time may still be sent: what was typed is not lost to the hour.
GRACE_SECONDS = 2 * 3600
MAIN_TYPES = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
# An app above ours names people here who work with others' data without coordinating:
# ``(user) -> bool``.
HOOK = "escale_works_with_people"


def needs_second_factor(user: User | AnonymousUser) -> bool:
    """Whether ``user`` may see other people's data today: asked anew each time, as roles come and go."""
    if not settings.SECOND_FACTOR_REQUIRED or not isinstance(user, User) or not user.is_active:
        return False
    if user.is_superuser or user.is_staff or user.has_perm("wagtailadmin.access_admin"):
        return True
    named: list[Callable[[User], bool]] = hooks.get_hooks(HOOK)
    return is_coordinator(user) or any(works(user) for works in named)


def has_second_factor(request: HttpRequest, *, grace: bool = False) -> bool:
    """Whether this browser session used a second factor today. Reads the session only."""
    limit = FRESH_SECONDS + (GRACE_SECONDS if grace else 0)
    oldest = time.time() - limit
    return any(
        record.get("method") == "mfa" and record.get("at", 0) >= oldest
        for record in get_authentication_records(request, request.user)
    )


def can_use_second_factor(user: User) -> bool:
    return Authenticator.objects.filter(user=user, type__in=MAIN_TYPES).exists()


def enrolment_counts(request: HttpRequest, *, authenticator: Authenticator) -> bool:
    """Whether adding ``authenticator`` proves it for this session: it is the first, or one was used.

    Else a session opened without a second factor could give itself another one.
    """
    if authenticator.type not in MAIN_TYPES:
        return False
    others = Authenticator.objects.filter(user_id=authenticator.user_id, type__in=MAIN_TYPES)
    return has_second_factor(request) or not others.exclude(pk=authenticator.pk).exists()


def end_sessions(*, user: User) -> None:
    """Sign ``user`` out of every browser."""
    User.objects.filter(pk=user.pk).update(session_version=F("session_version") + 1)
    user.refresh_from_db(fields=["session_version"])


def end_other_sessions(request: HttpRequest, *, user: User) -> None:
    """Sign ``user`` out of every browser but this one."""
    with transaction.atomic():
        end_sessions(user=user)
    if isinstance(request.user, User) and request.user.pk == user.pk:
        request.user.session_version = user.session_version
        update_session_auth_hash(request, user)


def forget_second_factor(request: HttpRequest) -> None:
    """This session no longer counts as having used one."""
    records = request.session.get(AUTHENTICATION_METHODS_SESSION_KEY) or []
    kept = [record for record in records if record.get("method") != "mfa"]
    request.session[AUTHENTICATION_METHODS_SESSION_KEY] = kept


def remove_second_factor(*, user: User, by: User) -> int:
    """Take away every authenticator of ``user``, who lost theirs, and sign them out; returns how many.

    Only for an administrator who made sure of who is asking. Raises ``DomainError`` otherwise.
    """
    if not by.is_active or not by.is_superuser:
        raise DomainError("Seule l’administration de la plateforme retire un deuxième facteur.")
    if by.pk == user.pk:
        raise DomainError("Le vôtre se retire depuis votre compte : demandez sinon à un·e collègue.")
    with transaction.atomic():
        stored = User.objects.select_for_update(no_key=True, of=("self",)).get(pk=user.pk)
        types = sorted(Authenticator.objects.filter(user=stored).values_list("type", flat=True))
        if not types:
            raise DomainError("Ce compte n’a pas de deuxième facteur.")
        Authenticator.objects.filter(user=stored).delete()
        end_sessions(user=stored)
        log(instance=stored, action="escale.second_factor_removed", user=by, data={"removed": types})
    return len(types)
