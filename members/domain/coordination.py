"""Changing an organisation's facts, and who coordinates it."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F, OuterRef, QuerySet
from django.utils import timezone
from wagtail.log_actions import log

from common.errors import DomainError
from common.versions import raise_version
from members.access import not_ended
from members.domain.organisations import name_coordinator
from members.emails import checked_email, normalise_email
from members.models import Membership, Organisation, User

EDITABLE = (
    *("name", "short_name", "slug", "kind", "parent", "email", "city", "department", "school_zone"),
    *("signatory", "signs_on_screen"),
)


def edit_organisation(*, organisation: Organisation, seen: int | None = None, by: User) -> Organisation:
    """Store the facts of ``organisation``. What certificates printed before stays as it was.

    ``seen`` is the version that the form showed: ``StaleError`` when somebody else saved since.
    """
    _check_no_loop(organisation)
    with transaction.atomic():
        before = Organisation.objects.select_for_update(no_key=True, of=("self",)).get(pk=organisation.pk)
        fields = raise_version(stored=before, seen=seen, by=by)
        organisation.email = normalise_email(organisation.email)
        for name in fields:
            setattr(organisation, name, getattr(before, name))
        organisation.save(update_fields=[*EDITABLE, *fields])
        change = {
            name: {"before": _plain(before, name), "after": _plain(organisation, name)}
            for name in EDITABLE
            if _plain(before, name) != _plain(organisation, name)
        }
        log(instance=organisation, action="escale.edit", user=by, data=change)
    return organisation


def name_by_email(
    *, organisation: Organisation, email: str, by: User | None, first_name: str = "", last_name: str = ""
) -> Membership:
    """Name the person of that address a coordinator; a new address gets an account without password."""
    address = checked_email(email)
    with transaction.atomic():
        # Held: whoever is erased at this moment is neither named nor written to.
        user = User.objects.select_for_update(no_key=True, of=("self",)).filter(email=address).first()
        if user is None:
            user = User.objects.create_user(address, first_name=first_name, last_name=last_name)
        try:
            return name_coordinator(organisation=organisation, user=user, by=by)
        except DomainError as error:
            raise DomainError(str(error), field="email") from None


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


def end_due() -> int:
    """Shut the admin to those whose coordination ended by its date; returns how many.

    The organisation's people are shut to them already: this takes the group, hence pages and files.
    """
    over = Membership.objects.filter(
        role=Membership.Role.COORDINATOR,
        until__lt=timezone.localdate(),
        user__groups=F("organisation__group"),
    ).exclude(user__in=_coordinating(OuterRef("organisation")))
    ended = 0
    for membership in over.select_related("organisation__group", "user").order_by("pk"):
        group = membership.organisation.group
        assert group is not None  # noqa: S101 the filter holds it
        with transaction.atomic():
            membership.user.groups.remove(group)
            data = {"coordinator_ended": membership.user_id}
            log(instance=membership.organisation, action="escale.edit", data=data)
        ended += 1
    return ended


def _coordinating(organisation: OuterRef) -> QuerySet[Membership, int]:
    open_today = Membership.objects.filter(
        not_ended(on=timezone.localdate()),
        role=Membership.Role.COORDINATOR,
        organisation=organisation,
    )
    return open_today.values_list("user", flat=True)


def _plain(organisation: Organisation, name: str) -> str:
    value = organisation.parent_id if name == "parent" else getattr(organisation, name)
    if isinstance(value, bool):
        return "oui" if value else "non"
    return "" if value is None else str(value)


def _check_no_loop(organisation: Organisation) -> None:
    above = organisation.parent
    while above is not None:
        if above.pk == organisation.pk:
            raise DomainError("Une structure n’est pas sa propre antenne.", field="parent")
        above = above.parent
