"""Themes: the list that administrators keep."""

import pytest
from django.core.management import call_command
from django.test import Client

from common.errors import DomainError
from events.domain.themes import STARTING, delete_theme, save_theme
from events.models import JournalEntry, Theme
from tests.factories import make_activity, make_admin

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client: Client) -> Client:
    client.force_login(make_admin())
    return client


def test_an_administrator_adds_renames_and_deletes_a_theme(admin: Client) -> None:
    assert admin.post("/admin/themes/new/", {"name": "  L’écoute   active "}).status_code == 302
    theme = Theme.objects.get()
    assert (theme.name, theme.slug) == ("L’écoute active", "l-ecoute-active")
    assert admin.post(f"/admin/themes/edit/{theme.pk}/", {"name": "Écouter"}).status_code == 302
    theme.refresh_from_db()
    assert (theme.name, theme.slug) == ("Écouter", "l-ecoute-active")  # kept addresses go on
    assert "Écouter" in admin.get("/admin/themes/").text
    assert admin.post(f"/admin/themes/delete/{theme.pk}/").status_code == 302
    assert not Theme.objects.exists()
    assert list(JournalEntry.objects.order_by("pk").values_list("action", flat=True)) == [
        "escale.create_theme",
        "escale.edit_theme",
        "escale.delete_theme",
    ]


def test_a_name_is_given_once(admin: Client) -> None:
    save_theme(theme=Theme(name="Écoute"), by=None)
    for name in ("", "Écoute", "écoute", "ECOUTE"):
        assert admin.post("/admin/themes/new/", {"name": name}).status_code == 422
    assert "Un thème porte déjà ce nom." in admin.post("/admin/themes/new/", {"name": "Écoute"}).text
    assert "Donnez un nom" in admin.post("/admin/themes/new/", {"name": " "}).text


def test_two_names_of_one_slug_have_two_addresses() -> None:
    slugs = [save_theme(theme=Theme(name=name), by=None).slug for name in ("Écoute", "Écoute !", "Écoute ?")]
    assert slugs == ["ecoute", "ecoute-2", "ecoute-3"]


def test_a_theme_in_use_stays(admin: Client) -> None:
    theme = save_theme(theme=Theme(name="Écoute"), by=None)
    activity = make_activity()
    activity.themes.set([theme])
    activity.save()
    with pytest.raises(DomainError, match="1 dispositif en parle"):
        delete_theme(theme=theme, by=None)
    response = admin.post(f"/admin/themes/delete/{theme.pk}/", follow=True)
    assert "ce thème reste" in response.text
    assert Theme.objects.exists()


def test_a_new_installation_begins_with_some() -> None:
    call_command("open_site")
    call_command("open_site")
    assert set(Theme.objects.values_list("name", flat=True)) == set(STARTING)
    Theme.objects.exclude(name="Pratiques cliniques").delete()
    call_command("open_site")
    assert Theme.objects.count() == 1


def test_a_name_taken_by_somebody_else_at_the_same_instant_is_refused_in_words(monkeypatch) -> None:
    Theme.objects.create(name="Sommeil", slug="sommeil")
    monkeypatch.setattr("events.domain.themes.fold", lambda text: object())  # read before the other wrote
    with pytest.raises(DomainError) as refused:
        save_theme(theme=Theme(name="Sommeil"), by=None)
    assert refused.value.field == "name"
    assert Theme.objects.count() >= 1, "and the transaction goes on"
