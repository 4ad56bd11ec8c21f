"""What follows from what allauth did to an account's second factor or addresses; a line for who comes."""

from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.account.models import EmailAddress
from allauth.account.signals import authentication_step_completed, email_confirmed
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest

from common import refusals
from members.domain import second_factor
from members.models import User


@receiver(authentication_step_completed)
def know_the_address(user: User, method: str, email: str | None = None, **_: Any) -> None:
    """The code that came back proves the address of somebody known only through a registration.

    Written now and not when the code was asked for, which does the same work for any address.
    """
    if method == "code" and email and email.lower() == user.email:
        with transaction.atomic():
            held = User.objects.select_for_update(no_key=True, of=("self",))
            if held.filter(pk=user.pk, erased_at=None).first() is not None:
                EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"primary": True})


@receiver(user_logged_in)
def tell_of_coming(request: HttpRequest | None, user: User, **_: Any) -> None:
    refusals.tell(request, "Signed in", account=user.pk)


@receiver(user_logged_out)
def tell_of_leaving(request: HttpRequest | None, user: User | None, **_: Any) -> None:
    if user is not None:
        refusals.tell(request, "Signed out", account=user.pk)


@receiver(authenticator_added)
def count_enrolment(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    """Enrolling the first one proves it; other browsers, which never saw it, sign in anew."""
    if second_factor.enrolment_counts(request, authenticator=authenticator):
        record = {"id": authenticator.pk, "type": authenticator.type, "reauthenticated": True}
        record_authentication(request, user, "mfa", **record)
        second_factor.end_other_sessions(request, user=user)


@receiver(authenticator_removed)
def forget_removed(request: HttpRequest, user: User, **_: Any) -> None:
    """Without any left, neither this session nor another has a second factor."""
    if not second_factor.can_use_second_factor(user):
        second_factor.forget_second_factor(request)
        second_factor.end_other_sessions(request, user=user)


@receiver(email_confirmed)
def forget_strangers(request: HttpRequest, email_address: EmailAddress, **_: Any) -> None:
    """Whoever proves the address keeps only the identity they came with.

    Else somebody could open an account in another's name with their own Pro Santé Connect, wait until
    the owner of the address proves it, and walk in beside them.
    """
    user = email_address.user
    came_with = {
        str(record.get("uid"))
        for record in get_authentication_records(request, user)
        if record.get("method") == "socialaccount"
    }
    if user.last_login is None:
        SocialAccount.objects.filter(user=user).exclude(uid__in=came_with).delete()
