"""The mark tapped in a mail: chosen on the page, known to no server until it is sent."""

from typing import Any

import pytest
from playwright.sync_api import expect

from events.domain.links import invitation_token
from events.models import SealedResponse
from tests.events.test_survey_rules import open_one, sealed_answers

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("mark", [0, 8, 10])
def test_a_tapped_mark_is_chosen_and_leaves_with_the_form_only(
    live_server: Any, open_page: Any, mark: int
) -> None:
    invitation = open_one(1).invitations.get()
    asked: list[str] = []
    page = open_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{live_server.url}/avis/{invitation_token(invitation)}/#note-{mark}")

    expect(page.get_by_role("radio", name=str(mark), exact=True).first).to_be_checked()
    assert not any("note" in url.partition("#")[0] for url in asked)
    assert not SealedResponse.objects.exists()
    page.get_by_role("button", name="Envoyer mon avis").click()
    expect(page).to_have_url(f"{live_server.url}/avis/merci/")
    assert sealed_answers() == [{"note": mark}]


def test_what_is_no_mark_chooses_nothing(live_server: Any, open_page: Any) -> None:
    invitation = open_one(1).invitations.get()
    page = open_page()
    page.goto(f"{live_server.url}/avis/{invitation_token(invitation)}/#note-11")
    expect(page.locator("input:checked")).to_have_count(0)
