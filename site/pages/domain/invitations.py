"""Naming somebody a coordinator, and telling them how to begin."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from common.errors import DomainError
from events.domain import layout, outbox
from events.domain.mails import absolute
from members.domain.coordination import name_by_email
from members.models import Membership, Organisation, User


@dataclass(frozen=True)
class Invited:
    email: str
    first_name: str = ""
    last_name: str = ""


def invite(*, organisation: Organisation, person: Invited, by: User | None) -> User:
    """Let ``person`` coordinate ``organisation`` from today, and write to them; once, however often named."""
    with transaction.atomic():
        membership = name_by_email(
            organisation=organisation,
            email=person.email,
            first_name=person.first_name,
            last_name=person.last_name,
            by=by,
        )
        _write(membership, by)
    return membership.user


def invite_all(*, organisation: Organisation, people: Sequence[Invited], by: User | None) -> None:
    """All of them or nobody; a refusal says for which address."""
    with transaction.atomic():
        for person in sorted(people, key=lambda each: each.email):  # accounts are held in one order
            try:
                invite(organisation=organisation, person=person, by=by)
            except DomainError as error:
                raise DomainError(f"{person.email} : {error}", field="coordinators") from None


def _write(membership: Membership, by: User | None) -> None:
    organisation, person = membership.organisation, membership.user
    sign_in = f"{reverse('account_request_login_code')}?{urlencode({'next': reverse('wagtailadmin_home')})}"
    who = by.get_full_name() if by is not None else ""
    text = render_to_string(
        "pages/mail/invitation.txt",
        {
            "who": who or "L’administration de la plateforme",
            "organisation": organisation,
            "person": person,
            "url": absolute(sign_in),
        },
    )
    outbox.queue(
        key=f"coordination:{membership.pk}",
        kind="coordination",
        recipient=person.email,
        subject=f"Vous coordonnez {organisation.short_name} sur Escale",
        body=layout.wrap(text),
        organisation=organisation,
    )
