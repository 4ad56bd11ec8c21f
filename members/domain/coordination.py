"""Changing an organisation's facts, and who coordinates it."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from common.errors import DomainError
from members.domain.organisations import name_coordinator
from members.emails import checked_email, normalise_email
from members.models import Membership, Organisation, User

EDITABLE = ("name", "short_name", "slug", "kind", "parent", "email", "city", "signatory")


def edit_organisation(*, organisation: Organisation, by: User) -> Organisation:
    """Store the facts of ``organisation``. What certificates printed before stays as it was."""
    _check_no_loop(organisation)
    with transaction.atomic():
        before = Organisation.objects.select_for_update(no_key=True, of=("self",)).get(pk=organisation.pk)
        changed = [name for name in EDITABLE if getattr(before, name) != getattr(organisation, name)]
        organisation.email = normalise_email(organisation.email)
        organisation.save(update_fields=EDITABLE)
        log(instance=organisation, action="escale.edit", user=by, data={"fields": changed})
    return organisation


def name_by_email(
    *, organisation: Organisation, email: str, by: User, first_name: str = "", last_name: str = ""
) -> User:
    """Name the person of that address a coordinator; a new address gets an account without password."""
    address = checked_email(email)
    with transaction.atomic():
        user = User.objects.filter(email=address).first()
        if user is None:
            user = User.objects.create_user(address, first_name=first_name, last_name=last_name)
        try:
            name_coordinator(organisation=organisation, user=user, by=by)
        except DomainError as error:
            raise DomainError(str(error), field="email") from None
    return user


def end_coordination(*, membership: Membership, by: User) -> None:
    """Close the organisation's people to that person at once; the membership stays, with its end."""
    with transaction.atomic():
        # « Until » is the last day that counts, and access ends now: one named today leaves only the log.
        yesterday = timezone.localdate() - timedelta(days=1)
        if membership.since > yesterday:
            membership.delete()
        elif membership.until is None or membership.until > yesterday:
            membership.until = yesterday
            membership.save(update_fields=["until"])
        if membership.organisation.group is not None:
            membership.user.groups.remove(membership.organisation.group)
        log(
            instance=membership.organisation,
            action="escale.edit",
            user=by,
            data={"coordinator_ended": membership.user_id},
        )


def _check_no_loop(organisation: Organisation) -> None:
    above = organisation.parent
    while above is not None:
        if above.pk == organisation.pk:
            raise DomainError("Une structure n’est pas sa propre antenne.", field="parent")
        above = above.parent
