"""Opening an organisation, and naming those who coordinate it."""

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import Collection, GroupCollectionPermission

from common.errors import DomainError
from members.emails import normalise_email
from members.models import Membership, Organisation, User

# What a coordinator may do with the images and documents of their own organisation, and of no other.
FILE_PERMISSIONS = (
    ("wagtailimages", ("add_image", "change_image", "choose_image")),
    ("wagtaildocs", ("add_document", "change_document", "choose_document")),
)


def open_organisation(
    *,
    name: str,
    short_name: str,
    slug: str,
    email: str,
    by: User | None,
    kind: str = Organisation.Kind.CPTS,
    city: str = "",
    department: str = "",
    school_zone: str = "B",
    signatory: str = "",
    signs_on_screen: bool = False,
    parent: Organisation | None = None,
) -> Organisation:
    """Open an organisation with the group of its coordinators and a collection for its files.

    The group enters the admin; what it may see there follows from its pages, its collection and
    ``members.access``. Raises ``DomainError`` when the name or the slug is taken.
    """
    if Organisation.objects.filter(slug=slug).exists():
        raise DomainError("Cet identifiant est déjà celui d’une structure.", field="slug")
    group_name = f"Coordination · {name}"
    if Group.objects.filter(name=group_name).exists():
        raise DomainError("Une structure porte déjà ce nom.", field="name")
    with transaction.atomic():
        group = Group.objects.create(name=group_name)
        group.permissions.add(_permission("wagtailadmin", "access_admin"))
        _open_collection(name, group)
        organisation = Organisation.objects.create(
            name=name,
            short_name=short_name,
            slug=slug,
            email=normalise_email(email),
            kind=kind,
            city=city,
            department=department,
            school_zone=school_zone,
            signatory=signatory,
            signs_on_screen=signs_on_screen,
            parent=parent,
            group=group,
        )
        log(instance=organisation, action="escale.create", user=by)
    return organisation


def name_coordinator(*, organisation: Organisation, user: User, by: User | None) -> Membership:
    """Let ``user`` act for ``organisation`` from today; naming them again is harmless."""
    if not user.is_active:
        raise DomainError("Ce compte est fermé.", field="user")
    with transaction.atomic():
        group = _group(organisation)
        membership, created = Membership.objects.get_or_create(
            user=user,
            organisation=organisation,
            role=Membership.Role.COORDINATOR,
            until=None,
            defaults={"since": timezone.localdate()},
        )
        user.groups.add(group)
        if created:
            log(instance=organisation, action="escale.edit", user=by, data={"coordinator_named": user.pk})
    return membership


def _group(organisation: Organisation) -> Group:
    if organisation.group is None:
        raise DomainError("Cette structure n’a pas encore de groupe de coordination.")
    return organisation.group


def _open_collection(name: str, group: Group) -> None:
    root = Collection.get_first_root_node()
    collection = root.add_child(instance=Collection(name=name))
    GroupCollectionPermission.objects.bulk_create(
        GroupCollectionPermission(group=group, collection=collection, permission=_permission(app, codename))
        for app, codenames in FILE_PERMISSIONS
        for codename in codenames
    )


def _permission(app_label: str, codename: str) -> Permission:
    return Permission.objects.get(content_type__app_label=app_label, codename=codename)
