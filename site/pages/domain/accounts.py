"""Helping somebody who lost their second factor."""

from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.crypto import get_random_string

from events.domain import layout, outbox
from events.domain.mails import absolute
from members.domain import second_factor
from members.models import User


def remove_second_factor(*, user: User, by: User) -> None:
    """Take it away, and tell the person: had somebody else asked for it, they would know at once."""
    with transaction.atomic():
        second_factor.remove_second_factor(user=user, by=by)
        url = absolute(reverse("account_request_login_code"))
        text = render_to_string("pages/mail/second_factor_removed.txt", {"person": user, "url": url})
        outbox.queue(
            key=f"second_factor_removed:{user.pk}:{get_random_string(12)}",
            kind="account",
            recipient=user.email,
            subject="Votre deuxième facteur a été retiré",
            body=layout.wrap(text),
        )
