"""The preview of a document follows what a coordinator types, and stores nothing."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from certificates.models import DocumentSettings
from tests.browser.conftest import DESK, PHONE
from tests.factories import make_admin, make_organisation

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_the_preview_follows_what_is_typed(
    live_server, open_page: Callable[..., Page], look, settings, width
) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    organisation = make_organisation()
    client = Client()
    client.force_login(make_admin())
    page = open_page(width)
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    refused: list[str] = []
    page.on("console", lambda said: "Content Security" in said.text and refused.append(said.text))
    page.goto(live_server.url + reverse("document_wording", args=[organisation.pk]))

    def preview_of(kind: str) -> Callable:
        path = reverse("document_preview", args=[organisation.pk, kind])
        return lambda answer: answer.request.method == "POST" and path in answer.url

    with page.expect_response(preview_of("presence")) as answer:
        page.get_by_label("Raison sociale").fill("Association d’essai")
    assert answer.value.headers["content-type"] == "application/pdf"
    # What is typed about one document shows that one.
    with page.expect_response(preview_of("completion")):
        page.locator("[name=completion_closing]").fill("Bravo.")
    chosen = page.get_by_role("button", name="Attestation de fin de formation", pressed=True)
    expect(chosen).to_have_count(1)
    assert page.url.endswith(reverse("document_wording", args=[organisation.pk]))

    look(page, f"document-wordings-{width['width']}")
    assert refused == []
    assert not DocumentSettings.objects.exists()
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("C’est enregistré")).to_be_visible()
    assert DocumentSettings.objects.get().legal_name == "Association d’essai"
