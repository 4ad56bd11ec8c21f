"""The parts of the page tree that rules depend on: the home of the site, an organisation's own branch."""

from collections.abc import Sequence
from typing import Any, TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import Permission
from django.db import transaction
from wagtail.models import GroupPagePermission, Site

from common.errors import DomainError
from common.models import BasePage
from events.domain import message_rules
from members.domain.organisations import open_organisation
from members.models import Organisation, User
from pages.domain.invitations import Invited, invite_all
from pages.models import HomePage, OrganisationPage

P = TypeVar("P", bound=BasePage)

# A coordinator writes, edits and publishes below their organisation's page, and nowhere else.
PAGE_PERMISSIONS = ("add_basepage", "change_basepage", "publish_basepage")


def open_site(*, by: User | None) -> HomePage:
    """Make the home page the root of the site at ``BASE_URL``; keeps one that exists."""
    with transaction.atomic():
        home = HomePage.objects.first() or add_page(
            parent=BasePage.get_first_root_node(), page=HomePage(title="Accueil", slug="accueil"), by=by
        )
        site = Site.objects.filter(is_default_site=True).first() or Site(is_default_site=True)
        replaced = site.root_page if site.pk else None
        site.root_page = home
        site.site_name = settings.WAGTAIL_SITE_NAME
        site.hostname, site.port = _address(settings.BASE_URL)
        site.save()
        if replaced and type(replaced.specific) is BasePage and replaced.is_leaf():
            replaced.delete()  # the page that welcomes developers to a new installation
    return home


def open_organisation_with_page(
    *, by: User | None, coordinators: Sequence[Invited] = (), **facts: Any
) -> Organisation:
    """Open an organisation of those ``facts``, ready for work, and invite those who will coordinate it.

    With it come the group and the collection of its coordinators, the page below which they publish,
    and its first message rules. Raises ``DomainError`` when the name or the slug is taken, be it by
    another page, or when somebody cannot be invited: then nothing is opened and nobody is written to.
    """
    with transaction.atomic():
        organisation = open_organisation(**facts, by=by)
        open_page_of(organisation=organisation, by=by)
        message_rules.add_defaults(organisation=organisation, by=by)
        invite_all(organisation=organisation, people=coordinators, by=by)
    return organisation


def open_page_of(*, organisation: Organisation, by: User | None) -> OrganisationPage:
    """Open the page of an organisation that has none, with what is known of it."""
    summary = f"{organisation.short_name} : rencontres et formations pour les soignants."
    page = OrganisationPage(title=organisation.name, slug=organisation.slug, summary=summary)
    return open_organisation_page(organisation=organisation, page=page, by=by)


def open_organisation_page(
    *, organisation: Organisation, page: OrganisationPage, by: User | None
) -> OrganisationPage:
    """Publish the organisation's page, below its parent's or the home, and hand it to its coordinators."""
    if OrganisationPage.objects.filter(organisation=organisation).exists():
        raise DomainError("Cette structure a déjà sa page.")
    if organisation.group is None:
        raise DomainError("Cette structure n’a pas encore de groupe de coordination.")
    with transaction.atomic():
        page.organisation = organisation
        parent = _parent(organisation, by)
        if parent.get_children().filter(slug=page.slug).exists():
            raise DomainError("Une page du site porte déjà cet identifiant.", field="slug")
        add_page(parent=parent, page=page, by=by)
        for permission in Permission.objects.filter(codename__in=PAGE_PERMISSIONS):
            GroupPagePermission.objects.create(group=organisation.group, page=page, permission=permission)
    return page


def add_page(*, parent: BasePage, page: P, by: User | None) -> P:
    """Add ``page`` below ``parent`` and publish it, with a first revision in its history."""
    page.owner = by
    page.live = False
    parent.add_child(instance=page)
    page.save_revision(user=by, log_action=True).publish(user=by)
    page.refresh_from_db()
    return page


def _parent(organisation: Organisation, by: User | None) -> BasePage:
    above = OrganisationPage.objects.filter(organisation=organisation.parent_id).first()
    return above or HomePage.objects.first() or open_site(by=by)


def _address(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return parts.hostname or "localhost", parts.port or (443 if parts.scheme == "https" else 80)
