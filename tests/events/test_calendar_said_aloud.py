"""What a screen reader is told of the calendar: its title, and what a live answer adds."""

import pytest
from django.test import Client

from tests.factories import make_session

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
NB = "\u00a0"


def test_the_title_says_what_was_asked(client: Client) -> None:
    make_session()
    assert "<title>Calendrier · Escale</title>" in client.get("/calendrier/").content.decode()
    asked = client.get("/calendrier/?q=sommeil").content.decode()
    assert "<title>Calendrier&nbsp;: «&nbsp;sommeil&nbsp;» · Escale</title>" in asked
    narrowed = client.get("/calendrier/?places=1").content.decode()
    assert "<title>Calendrier, 1 filtre · Escale</title>" in narrowed


def test_a_live_answer_says_aloud_which_date_is_wrong(client: Client) -> None:
    answer = client.get("/calendrier/?du=2026-02-30", headers={"HX-Request": "true"}).content.decode()
    said = answer.split('hx-swap-oob="innerHTML:#compte"')[1]
    assert '<span class="visually-hidden">' in said.split("</div>")[0]
