"""What addresses alone do not try: searches, choosers, bulk actions and forms that name things of B."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse
from pytest_django import DjangoDbBlocker
from wagtail.search import index

from tests import factories
from tests.access_world import CANARY, Place, Visitor, client_of, found_once, readable, two_places

pytestmark = [
    pytest.mark.one_engine,
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
Tried = tuple[str, str, dict[str, Any]]


@pytest.fixture(scope="module")
def places(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[tuple[Place, Place]]:
    with two_places(django_db_blocker) as found, found_once():
        for place in found:  # what the worker does
            for thing in (place.things.draft, place.page, place.things.image, place.things.document):
                index.insert_or_update_object(thing)
        yield found


def searches() -> list[Tried]:
    asked = {"q": CANARY[:6], "search": CANARY[:6], "term": CANARY[:6]}
    names = (
        "wagtailadmin_pages:search",
        "wagtailadmin_pages:search_results",
        "wagtailadmin_choose_page_search",
        "wagtailadmin_api:pages:listing",
        "wagtailadmin_tag_autocomplete",
        "wagtailimages:index",
        "wagtailimages:index_results",
        "wagtailimages_chooser:choose",
        "wagtailimages_chooser:choose_results",
        "wagtaildocs:index",
        "wagtaildocs_chooser:choose",
        "wagtaildocs_chooser:choose_results",
        "sessions:index",
        "registrations:index",
        "messages:index",
        "question_sets:index",
        "message_rules:index",
        "programmes:index",
    )
    return [("get", reverse(name), asked) for name in names]


def filters(b: Place, home: int) -> list[Tried]:
    pages = reverse("wagtailadmin_api:pages:listing")
    explore = reverse("wagtailadmin_explore", args=[home])
    chooser = reverse("wagtailadmin_choose_page")
    return [
        ("get", explore, {"owner": b.coordinator.pk, "edited_by": b.coordinator.pk}),
        ("get", pages, {"child_of": b.page.pk, "for_explorer": 1}),
        ("get", pages, {"descendant_of": home, "for_explorer": 1, "fields": "*"}),
        ("get", pages, {"id": b.things.draft.pk}),
        ("get", chooser, {"page_type": "events.eventpage"}),
        ("get", chooser, {"page_type": "pages.organisationpage", "multiple": 1}),
        ("get", reverse("wagtailadmin_choose_page_child", args=[home]), {"multiple": 1}),
        ("get", reverse("wagtailimages:index"), {"collection_id": b.things.collection.pk}),
        ("get", reverse("wagtaildocs:index"), {"collection_id": b.things.collection.pk}),
        ("get", reverse("sessions:index"), {"activity": b.upcoming.activity_id}),
        ("get", reverse("registrations:index"), {"session": b.upcoming.pk}),
        ("get", reverse("messages:index"), {"session": b.upcoming.pk, "export": "csv"}),
        ("get", reverse("registrations:index"), {"session": b.upcoming.pk, "export": "xlsx"}),
        ("get", reverse("journal"), {"session": b.upcoming.pk, "user": b.coordinator.pk}),
        ("get", reverse("export"), {"session": b.upcoming.pk}),
        ("get", reverse("report"), {"organisation": b.organisation.pk, "activity": b.upcoming.activity_id}),
    ]


def choosing(b: Place) -> list[Tried]:
    things = b.things
    link = {"external-link-chooser-url": f"/{b.page.slug}/", "external-link-chooser-link_text": ""}
    return [
        ("get", reverse("wagtailadmin_choose_page_chosen_multiple"), {"id": things.draft.pk}),
        ("get", reverse("wagtailimages_chooser:chosen_multiple"), {"id": things.image.pk}),
        ("get", reverse("wagtaildocs_chooser:chosen_multiple"), {"id": things.document.pk}),
        ("post", reverse("wagtailadmin_choose_page_external_link"), link),
    ]


def bulk(b: Place, home: int) -> list[Tried]:
    """In bulk: one by one, « all », all of a page; Wagtail lists what it refuses, by its title."""
    targets = [
        ("common", "basepage", ("move", "delete", "publish", "unpublish"), b.things.draft.pk),
        ("wagtailimages", "image", ("delete", "add_tags", "add_to_collection"), b.things.image.pk),
        ("wagtaildocs", "document", ("delete", "add_tags", "add_to_collection"), b.things.document.pk),
        ("members", "user", ("delete", "set_active_state", "assign_role"), b.coordinator.pk),
        ("events", "registration", ("approve", "move", "withdraw", "write", "export"), b.confirmed.pk),
    ]
    tried: list[Tried] = []
    for app_label, model, actions, pk in targets:
        for action in actions:
            url = reverse("wagtail_bulk_action", args=[app_label, model, action])
            for query in (f"id={pk}", "id=all", f"id=all&childOf={home}", f"id=all&childOf={b.page.pk}"):
                tried += [(method, f"{url}?{query}&next=/admin/", {}) for method in ("get", "post")]
    return tried


def moving(a: Place, b: Place) -> list[Tried]:
    copied = {"new_title": "Copie", "new_slug": "copie"}
    tried: list[Tried] = []
    for target in (b.page.pk, b.things.draft.pk):
        where = {"new_parent_page": target}
        tried += [
            ("post", reverse("wagtailadmin_pages:copy", args=[a.things.draft.pk]), copied | where),
            ("post", reverse("wagtailadmin_pages:move", args=[a.things.draft.pk]), where),
            ("post", reverse("wagtailadmin_pages:move_confirm", args=[a.things.draft.pk, target]), {}),
        ]
    ping = ["events", "eventpage", b.things.draft.pk, 1]
    return [*tried, ("post", reverse("wagtailadmin_editing_sessions:ping", args=ping), {})]


def test_nothing_of_b_comes_by_asking_for_it(places: tuple[Place, Place]) -> None:
    a, b = places
    home = a.page.get_parent().pk
    visitor = Visitor(a.coordinator)
    wrong = []
    for method, url, data in [
        *searches(),
        *filters(b, home),
        *choosing(b),
        *bulk(b, home),
        *moving(a, b),
    ]:
        with transaction.atomic():
            response = visitor.ask(method, url, data, follow=True)
            said = readable(response).replace(CANARY[:6] + '"', "")
            if response.status_code >= 500:
                wrong.append(f"{response.status_code} {method} {url}")
            if CANARY.lower() in said.lower():
                wrong.append(f"leak {method} {url} {data}")
            transaction.set_rollback(True)
    assert not wrong, "\n".join(wrong)


def test_nothing_of_b_moves_when_a_posts_it(places: tuple[Place, Place]) -> None:
    a, b = places
    client = client_of(a.coordinator)
    for _method, url, data in [*bulk(b, a.page.get_parent().pk), *moving(a, b)]:
        client.post(url, data)
    for thing in (b.things.draft, b.things.image, b.things.document, b.page):
        thing.refresh_from_db()
    assert b.things.draft.get_parent().pk == b.page.pk
    assert not b.things.draft.live
    assert b.page.live
    assert b.things.image.collection == b.things.collection


def test_the_same_searches_find_what_is_ones_own(places: tuple[Place, Place]) -> None:
    """Else the sweep above would prove nothing."""
    client = client_of(places[1].coordinator)
    for name in ("wagtailadmin_pages:search", "wagtailimages:index", "wagtaildocs_chooser:choose_results"):
        assert f"{CANARY} " in client.get(reverse(name), {"q": CANARY}).content.decode(), name


def test_a_link_may_point_to_ones_own_pages_and_to_those_of_the_site(places: tuple[Place, Place]) -> None:
    a, _b = places
    home = a.page.get_parent()
    client = client_of(a.coordinator)
    page = client.get(reverse("wagtailadmin_choose_page_child", args=[home.pk])).json()["html"]
    assert "CPTS a" in page or "Alpha" in page
    assert "CPTS b" not in page
    administrator = client_of(factories.make_admin())
    everything = administrator.get(reverse("wagtailadmin_choose_page_child", args=[home.pk])).json()["html"]
    assert CANARY in everything
