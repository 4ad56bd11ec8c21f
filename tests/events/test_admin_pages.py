"""Activity pages in the explorer: they belong where they are, and no stranger's name is shown."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from wagtail.models import GroupPagePermission

from events.models import ActivityPage, EventPage
from members.domain.organisations import name_coordinator, open_organisation
from members.models import Organisation, User
from pages.models import OrganisationPage
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]


def open_place(slug: str) -> tuple[Organisation, OrganisationPage, User]:
    """An organisation with its page, one activity and one coordinator, as an administrator sets it up."""
    organisation = open_organisation(
        name=slug, short_name=slug, slug=slug, email=f"{slug}@example.org", by=None
    )
    factories.make_activity(organisation, title=f"Activité {slug}", slug=f"activite-{slug}")
    page = OrganisationPage.objects.get(organisation=organisation)
    for permission in Permission.objects.filter(
        codename__in=["add_basepage", "change_basepage", "publish_basepage"]
    ):
        GroupPagePermission.objects.create(group=organisation.group, page=page, permission=permission)
    user = factories.make_user(first_name="Coordo", last_name=f"De{slug}")
    name_coordinator(organisation=organisation, user=user, by=None)
    return organisation, page, user


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


PAGE = {
    "title": "Soirée",
    "slug": "soiree",
    "summary": "Une soirée",
    "audience": "Tout le monde",
    "hue": "sea",
    "body-count": 0,
    "comments-TOTAL_FORMS": 0,
    "comments-INITIAL_FORMS": 0,
    "action-publish": "1",
}


def test_a_new_activity_belongs_to_the_organisation_above_it() -> None:
    organisation, page, user = open_place("aa")
    url = reverse("wagtailadmin_pages:add", args=["events", "eventpage", page.pk])
    assert signed_in(user).get(url).status_code == 200
    response = signed_in(user).post(url, PAGE)
    assert response.status_code == 302
    assert EventPage.objects.get(slug="soiree").organisation == organisation


def test_a_coordinator_adds_nothing_below_another_organisation() -> None:
    _, _, user = open_place("aa")
    _, other, _ = open_place("bb")
    response = signed_in(user).post(
        reverse("wagtailadmin_pages:add", args=["events", "eventpage", other.pk]), PAGE
    )
    assert response.status_code in (302, 403, 404)
    assert not EventPage.objects.filter(slug="soiree").exists()


def test_an_activity_does_not_move_below_another_organisation() -> None:
    _organisation, page, _ = open_place("aa")
    _, other, _ = open_place("bb")
    activity = ActivityPage.objects.get(slug="activite-aa")
    client = signed_in(factories.make_admin())
    client.post(reverse("wagtailadmin_pages:move_confirm", args=[activity.pk, other.pk]))
    activity.refresh_from_db()
    assert activity.is_child_of(page)
    bulk = reverse("wagtail_bulk_action", args=["common", "basepage", "move"])
    client.post(f"{bulk}?id={activity.pk}", {"chooser": other.pk, "move_applicable": ""})
    activity.refresh_from_db()
    assert activity.is_child_of(page)


def test_a_copy_belongs_to_the_organisation_it_is_put_below() -> None:
    open_place("aa")
    organisation, other, _ = open_place("bb")
    activity = ActivityPage.objects.get(slug="activite-aa")
    data = {"new_title": "Copie", "new_slug": "copie", "new_parent_page": other.pk}
    signed_in(factories.make_admin()).post(reverse("wagtailadmin_pages:copy", args=[activity.pk]), data)
    assert ActivityPage.objects.get(slug="copie").organisation == organisation


def test_the_filters_of_the_explorer_name_no_stranger() -> None:
    _, page, user = open_place("aa")
    _, other, stranger = open_place("bb")
    for place, author in ((page, user), (other, stranger)):
        place.owner = author
        place.save()
        place.save_revision(user=author, log_action=True)
    client = signed_in(user)
    home = page.get_parent()
    for url in (
        reverse("wagtailadmin_explore", args=[home.pk]),
        reverse("wagtailadmin_explore", args=[page.pk]),
        reverse("wagtailadmin_explore_root"),
        reverse("wagtailadmin_pages:search") + "?q=activit",
    ):
        response: Any = client.get(url, follow=True)
        assert response.status_code == 200
        assert "Debb" not in response.content.decode()
    assert (
        "Debb"
        in signed_in(factories.make_admin())
        .get(reverse("wagtailadmin_explore", args=[home.pk]))
        .content.decode()
    )


@pytest.mark.parametrize(
    "query", ["%22", "a%00b", "*", "%27", "%28%22", "a%20OR", "%F0%9F%98%80", "%5E", "NEAR%28"]
)
def test_no_search_breaks_the_page_choosers(query: str) -> None:
    _, _, user = open_place("aa")
    client = signed_in(user)
    for name in (
        "wagtailadmin_pages:search",
        "wagtailadmin_choose_page_search",
        "wagtailimages:index",
        "wagtaildocs:index",
        "wagtailimages_chooser:choose_results",
        "wagtaildocs_chooser:choose_results",
    ):
        assert client.get(f"{reverse(name)}?q={query}").status_code == 200, name


@pytest.mark.parametrize(
    "name",
    [
        "wagtailadmin_reports:site_history",
        "wagtailadmin_reports:aging_pages",
        "wagtailadmin_reports:page_types_usage",
        "wagtailadmin_reports:locked_pages",
        "wagtailadmin_reports:workflow",
        "wagtailusers_users:index",
        "wagtailusers_groups:index",
        "wagtailusers_users:add",
        "wagtailadmin_collections:index",
        "wagtailsites:index",
        "wagtailredirects:index",
    ],
)
def test_what_names_other_peoples_work_is_for_administrators(name: str) -> None:
    _, _, user = open_place("aa")
    assert signed_in(user).get(reverse(name)).status_code == 404
    assert signed_in(factories.make_admin()).get(reverse(name)).status_code == 200


def test_the_home_of_the_admin_shows_what_comes_and_what_is_to_be_closed() -> None:
    organisation, _page, user = open_place("aa")
    activity = ActivityPage.objects.get(organisation=organisation)
    factories.make_session(activity, title="Bientôt")
    past = factories.make_session(activity, title="À clore", days=-3)
    factories.make_session(title="Ailleurs")
    home = signed_in(user).get(reverse("wagtailadmin_home")).content.decode()
    assert "Bientôt" in home
    assert "Ailleurs" not in home
    assert reverse("events:attendance", args=[past.slots.get().pk]) in home
    assert reverse("wagtailadmin_reports:site_history") not in home


def test_a_page_that_has_sessions_is_not_deleted() -> None:
    organisation, _page, user = open_place("aa")
    activity = ActivityPage.objects.get(organisation=organisation)
    factories.make_session(activity)
    client = signed_in(user)
    for url in (
        reverse("wagtailadmin_pages:delete", args=[activity.pk]),
        reverse("wagtail_bulk_action", args=["common", "basepage", "delete"]) + f"?id={activity.pk}",
    ):
        answer = client.post(url, follow=True)
        assert "elle ne se supprime pas" in answer.content.decode()
    assert ActivityPage.objects.filter(pk=activity.pk).exists()


def test_a_page_without_sessions_is_deleted() -> None:
    organisation, _page, user = open_place("aa")
    activity = ActivityPage.objects.get(organisation=organisation)
    signed_in(user).post(reverse("wagtailadmin_pages:delete", args=[activity.pk]))
    assert not ActivityPage.objects.exists()
