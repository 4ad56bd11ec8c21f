"""The admin's menu: what a coordinator does every week comes first, in few entries."""

import pytest
from django.test import RequestFactory
from django.urls import reverse
from wagtail.admin.menu import admin_menu

from tests import factories
from tests.events.test_admin_sessions import coordinator, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]


def labels(user: object) -> list[str]:
    request = RequestFactory().get("/admin/")
    request.user = user
    reverse("sessions:index")  # the viewsets register their entries with the addresses
    return [
        str(item.label) for item in sorted(admin_menu.menu_items_for_request(request), key=lambda i: i.order)
    ]


def test_a_coordinator_finds_the_year_first() -> None:
    found = labels(coordinator(factories.make_organisation()))
    assert found[:6] == [
        "Sessions",
        "Dispositifs",
        "Inscriptions",
        "Messages",
        "Bilan et suivi",
        "Questions",
    ]
    assert not {"Bilan", "Importer", "Exporter", "Journal", "Programmes"} & set(found)


def test_somebody_who_coordinates_nothing_sees_none_of_it() -> None:
    assert not {"Dispositifs", "Bilan et suivi", "Inscriptions"} & set(labels(factories.make_user()))


def test_the_group_holds_what_follows_the_year_up() -> None:
    client = signed_in(coordinator(factories.make_organisation()))
    page = client.get(reverse("wagtailadmin_home")).content.decode()
    for name in ("report", "export", "import_participations", "journal", "programmes:index"):
        assert reverse(name) in page
