"""Answering behind the personal link."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from events.domain.links import invitation_token
from events.models import SealedResponse, Survey, SurveyInvitation
from tests.events.test_survey_rules import open_one, sealed_answers

pytestmark = pytest.mark.django_db


@pytest.fixture
def url() -> str:
    invitation = open_one(1).invitations.get()
    return reverse("events:survey", args=[invitation_token(invitation)])


def test_opening_the_link_with_a_mark_preselects_it_and_stores_nothing(client, url):
    page = client.get(url, {"note": "8"}).content.decode()

    assert page.count("checked") == 1
    assert (
        'value="8" id="id_score_8" checked' in page or "checked" in page.split('value="8"')[1].split(">")[0]
    )
    assert "anonyme" in page
    assert not SealedResponse.objects.exists()
    assert not SurveyInvitation.objects.get().answered


@pytest.mark.parametrize("note", ["", "11", "-1", "abc", "\0", "8" * 5000, "🙂"])
def test_a_mark_that_does_not_exist_preselects_nothing(client, url, note):
    response = client.get(url, {"note": note})

    assert response.status_code == 200
    assert "checked" not in response.content.decode()


def test_an_answer_is_stored_and_leads_to_the_thanks(client, url):
    response = client.post(
        url, {"score": "8", "useful": "4", "welcome": "", "comment": "Bravo 🙂"}, follow=True
    )

    assert response.redirect_chain == [(reverse("events:survey_thanks"), 302)]
    assert sealed_answers() == [{"note": 8, "utile": 4, "mot": "Bravo 🙂"}]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({}, "Choisissez une note de 0 à 10."),
        ({"score": "11"}, "La note va de 0 à 10."),
        ({"score": "8\0"}, "La note va de 0 à 10."),
        ({"score": "8", "useful": "9"}, "Choisissez une réponse de la liste."),
        ({"score": "8", "comment": "x" * 10_000}, "raccourcissez-le"),
        ({"score": "8", "comment": "a\0b"}, "retapez-le"),
    ],
)
def test_a_bad_answer_gets_a_sentence_and_keeps_what_was_typed(client, url, data, sentence):
    response = client.post(url, {"comment": "À garder", **data})

    page = response.content.decode()
    assert response.status_code == 422
    assert sentence in page
    assert data.get("comment", "À garder").replace("\0", "")[:1] in page
    assert not SealedResponse.objects.exists()


def test_two_thousand_signs_with_line_breaks_are_accepted(client, url):
    text = "\r\n".join(["x" * 99] * 20)

    assert client.post(url, {"score": "5", "comment": text}).status_code == 302


def test_a_used_link_says_so_calmly(client, url):
    client.post(url, {"score": "8"})

    for response in (client.get(url), client.post(url, {"score": "0"})):
        assert response.status_code == 410
        assert "déjà enregistré" in response.content.decode()
    assert sealed_answers() == [{"note": 8}]


def test_a_survey_that_closed_says_so_calmly(client, url):
    Survey.objects.update(closes_at=timezone.now() - timedelta(hours=1))

    response = client.get(url)
    assert response.status_code == 410
    assert "Ce questionnaire est fermé" in response.content.decode()


@pytest.mark.parametrize("token", ["x", "1.1.x", "é", "0" * 3000])
def test_an_unknown_link_is_a_calm_404(client, token):
    response = client.get(f"/avis/{token}/")

    assert response.status_code == 404
    assert "n’est plus valable" in response.content.decode()


def test_survey_pages_are_kept_by_no_cache_and_no_search_engine(client, url):
    response = client.get(url)

    assert "no-store" in response["Cache-Control"]
    assert "noindex" in response.content.decode()
