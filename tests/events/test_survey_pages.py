"""Answering behind the personal link."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from events.domain.links import invitation_token
from events.models import SealedResponse, Survey, SurveyInvitation
from tests.events.test_survey_rules import open_one, sealed_answers
from tests.questionnaires import every_kind

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]


@pytest.fixture
def url() -> str:
    invitation = open_one(1).invitations.get()
    return reverse("events:survey", args=[invitation_token(invitation)])


def test_opening_the_link_with_a_mark_preselects_it_and_stores_nothing(client, url):
    page = client.get(url, {"note": "8"}).content.decode()

    assert page.count("checked") == 1
    assert 'value="8" id="id_note_8" checked' in page or "checked" in page.split('value="8"')[1].split(">")[0]
    assert "anonyme" in page
    assert not SealedResponse.objects.exists()
    assert not SurveyInvitation.objects.get().answered


@pytest.mark.parametrize("note", ["", "11", "-1", "abc", "\0", "8" * 5000, "🙂"])
def test_a_mark_that_does_not_exist_preselects_nothing(client, url, note):
    response = client.get(url, {"note": note})

    assert response.status_code == 200
    assert "checked" not in response.content.decode()


def test_an_answer_is_stored_and_leads_to_the_thanks(client, url):
    response = client.post(url, {"note": "8", "utile": "4", "accueil": "", "mot": "Bravo 🙂"}, follow=True)

    assert response.redirect_chain == [(reverse("events:survey_thanks"), 302)]
    assert sealed_answers() == [{"note": 8, "utile": 4, "mot": "Bravo 🙂"}]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({}, "Choisissez une note de 0 à 10."),
        ({"note": "11"}, "La note va de 0 à 10."),
        ({"note": "8\0"}, "La note va de 0 à 10."),
        ({"note": "8", "utile": "9"}, "Choisissez une réponse de la liste."),
        ({"note": "8", "mot": "x" * 10_000}, "raccourcissez-le"),
        ({"note": "8", "mot": "a\0b"}, "retapez-le"),
    ],
)
def test_a_bad_answer_gets_a_sentence_and_keeps_what_was_typed(client, url, data, sentence):
    response = client.post(url, {"mot": "À garder", **data})

    page = response.content.decode()
    assert response.status_code == 422
    assert sentence in page
    assert data.get("mot", "À garder").replace("\0", "")[:1] in page
    assert not SealedResponse.objects.exists()


def test_two_thousand_signs_with_line_breaks_are_accepted(client, url):
    text = "\r\n".join(["x" * 99] * 20)

    assert client.post(url, {"note": "5", "mot": text}).status_code == 302


def test_a_used_link_says_so_calmly(client, url):
    client.post(url, {"note": "8"})

    for response in (client.get(url), client.post(url, {"note": "0"})):
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


@pytest.fixture
def long_url() -> str:
    """One question of each kind."""
    survey = open_one(1)
    Survey.objects.update(questions=every_kind())
    return reverse("events:survey", args=[invitation_token(survey.invitations.get())])


def test_every_kind_of_question_is_asked_and_answered(client, long_url):
    page = client.get(long_url).content.decode()
    assert page.count('type="radio"') == 11 + 5 + 2 + 3 + 3 * 5
    assert page.count('type="checkbox"') == 3

    response = client.post(
        long_url,
        {
            "note": "0",
            "utile": "5",
            "revenir": "no",
            "horaire": "En soirée",
            "suite": ["Une formation", "Une autre séance"],
            "grille.0": "4",
            "grille.2": "1",
            "mot": "Bravo",
        },
    )

    assert response.status_code == 302, response.content.decode()
    assert sealed_answers() == [
        {
            "note": 0,
            "utile": 5,
            "revenir": False,
            "horaire": "En soirée",
            "suite": ["Une autre séance", "Une formation"],
            "grille": {"Le rythme convenait": 4, "Les exemples parlaient de mon métier": 1},
            "mot": "Bravo",
        }
    ]


def test_what_was_left_empty_is_not_there(client, long_url):
    assert client.post(long_url, {"note": "7"}).status_code == 302
    assert sealed_answers() == [{"note": 7}]


@pytest.mark.parametrize(
    "wrong",
    [
        {"note": "dix"},
        {"revenir": "peut-être"},
        {"horaire": "La nuit"},
        {"suite": ["Rien", "Une formation"]},
        {"suite": "\0"},
        {"grille.1": "6"},
        {"mot": "x" * 2001},
    ],
)
def test_a_mistake_loses_nothing_of_the_rest(client, long_url, wrong):
    typed = {"note": "9", "revenir": "yes", "horaire": "Le midi", "grille.0": "3", "mot": "À garder"}

    response = client.post(long_url, typed | wrong)

    assert response.status_code == 422
    page = response.content.decode()
    kept = {
        "note": 'value="9"',
        "revenir": 'value="yes"',
        "horaire": 'value="Le midi"',
        "grille.0": 'value="3"',
    }
    for name in set(kept) - set(wrong):
        assert f'name="{name}" {kept[name]}' in page.replace('type="radio" ', "")
        assert "checked" in page.split(f'name="{name}" {kept[name]}')[1].split(">")[0]
    assert "À garder" in page or "mot" in wrong
    assert not SealedResponse.objects.exists()
    assert not SurveyInvitation.objects.get().answered


def test_a_required_grid_is_refused_beside_the_grid(client, long_url):
    questions = every_kind()
    questions[5]["required"] = True
    Survey.objects.update(questions=questions)

    response = client.post(long_url, {"note": "9"})

    assert response.status_code == 422
    assert 'id="id_grille.0_error"' in response.content.decode()
    assert client.post(long_url, {"note": "9", "grille.2": "5"}).status_code == 302


def test_the_mark_of_the_mail_is_that_of_the_first_mark_asked(client, long_url):
    questions = every_kind()
    questions[0]["key"] = "q1"
    Survey.objects.update(questions=questions[1:] + questions[:1])

    page = client.get(long_url, {"note": "8"}).content.decode()

    assert page.count("checked") == 1
    assert 'id="id_q1_8" checked' in page


def test_a_question_is_text_whatever_it_says(client, long_url):
    hostile = "<script>alert(1)</script>"
    questions = [
        each | {"label": f"{hostile}{rank}", "help": hostile} for rank, each in enumerate(every_kind())
    ]
    questions[3]["options"] = [hostile, "autre"]
    questions[5]["rows"] = [hostile]
    Survey.objects.update(questions=questions)

    for page in (client.get(long_url), client.post(long_url, {"horaire": "faux", "mot": hostile})):
        assert hostile not in page.content.decode()
        assert "&lt;script&gt;" in page.content.decode()
