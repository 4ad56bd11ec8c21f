"""A new installation, without any demo content."""

import pytest
from django.core.management import call_command

from pages.models import ContentPage, HomePage

pytestmark = pytest.mark.django_db


def test_a_new_installation_opens_with_the_pages_that_header_and_footer_lead_to(client, capsys):
    call_command("open_site")
    for address in (
        "/",
        "/aide/",
        "/ressources/",
        "/donnees-personnelles/",
        "/mentions-legales/",
        "/accessibilite/",
    ):
        assert client.get(address).status_code == 200, address
    assert "6 page(s)" in capsys.readouterr().out


def test_opening_again_leaves_what_was_edited(capsys):
    call_command("open_site")
    ContentPage.objects.filter(slug="aide").update(title="Notre aide")
    call_command("open_site")
    assert "déjà ouvert" in capsys.readouterr().out
    assert HomePage.objects.count() == 1
    assert ContentPage.objects.get(slug="aide").title == "Notre aide"
