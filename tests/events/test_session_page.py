"""What the page of a session says in each of its states."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from events.domain.sessions import SlotTimes, cancel_session, save_session
from events.models import Session, SessionRole
from tests.factories import make_registration, make_session, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
FORM = 'name="first_name"'


def page(client: Client, session: Session) -> str:
    response = client.get(f"/sessions/{session.pk}/")
    assert response.status_code == 200
    return response.text.replace("\N{NO-BREAK SPACE}", " ")


def test_an_open_session_says_when_where_with_whom_and_how_many_places_are_left(client: Client) -> None:
    session = make_session(capacity=14, description="Une heure de pratique.\n\nPuis un verre.")
    SessionRole.objects.create(session=session, name="Une sophrologue")
    make_registration(session)
    text = page(client, session)
    for words in (
        "de 19 h à 21 h",
        "Maison de santé, Le Havre",
        "Une sophrologue",
        "13 places sur 14",
        "Tous les professionnels de santé",
        "<p>Puis un verre.</p>",
        "Réserver ma place",
        "pas d’information de santé",
        "/donnees-personnelles/",
    ):
        assert words in text
    assert FORM in text


def test_the_programme_is_text_not_html(client: Client) -> None:
    session = make_session(description="<script>alert(1)</script>", title="<b>Titre</b>")
    text = page(client, session)
    assert "<script>alert" not in text
    assert "<b>Titre" not in text


def test_a_full_session_offers_the_waiting_list(client: Client) -> None:
    session = make_session(capacity=1)
    for _ in range(3):
        make_registration(session)
    text = page(client, session)
    assert "Complet · 2 en attente" in text
    assert "Rejoindre la liste d’attente" in text
    assert FORM in text


def test_a_full_session_without_waiting_list_has_no_form(client: Client) -> None:
    session = make_session(capacity=1, waiting_list=False)
    make_registration(session)
    text = page(client, session)
    assert "n’a pas de liste d’attente" in text
    assert FORM not in text


def test_a_session_whose_registration_opens_later_says_when(client: Client) -> None:
    opens_at = timezone.localtime().replace(hour=9, minute=30) + timedelta(days=2)
    text = page(client, make_session(opens_at=opens_at))
    assert "Les inscriptions ouvrent" in text
    assert "à 9 h 30" in text
    assert FORM not in text


def test_a_closed_window_says_since_when(client: Client) -> None:
    text = page(client, make_session(closes_at=timezone.now() - timedelta(days=1)))
    assert "Les inscriptions ont fermé" in text
    assert FORM not in text


def test_a_past_session_says_so(client: Client) -> None:
    text = page(client, make_session(days=-2))
    assert "Cette session est passée" in text
    assert FORM not in text


def test_a_session_that_has_begun_says_so(client: Client) -> None:
    now = timezone.now()
    slot = SlotTimes(now - timedelta(minutes=5), now + timedelta(hours=1))
    text = page(client, make_session(slots=[slot]))
    assert "a commencé" in text
    assert FORM not in text


def test_a_cancelled_session_gives_its_reason(client: Client) -> None:
    session = make_session()
    cancel_session(session=session, reason="L’intervenante est empêchée.", by=None)
    text = page(client, session)
    assert "Cette session est annulée" in text
    assert "L’intervenante est empêchée." in text
    assert FORM not in text


def test_a_moved_session_says_from_when(client: Client) -> None:
    session = make_session(days=10)
    later = SlotTimes(session.starts_at + timedelta(days=7), session.ends_at + timedelta(days=7))
    save_session(session=session, slots=[later], by=None)
    assert "La date a changé" in page(client, session)


def test_every_slot_is_listed(client: Client) -> None:
    start = timezone.now() + timedelta(days=30)
    slots = [
        SlotTimes(start, start + timedelta(hours=3), "Matin"),
        SlotTimes(start + timedelta(hours=4), start + timedelta(hours=7), "Après-midi"),
    ]
    text = page(client, make_session(slots=slots))
    assert "Matin" in text
    assert "Après-midi" in text


def test_the_link_to_join_is_never_public(client: Client) -> None:
    session = make_session(modality="distanciel", online_url="https://visio.example.org/secret")
    text = page(client, session)
    assert "À distance" in text
    assert "visio.example.org" not in text


def test_the_page_names_nobody_who_is_registered(client: Client) -> None:
    session = make_session()
    registration = make_registration(session)
    text = page(client, session)
    assert registration.last_name not in text
    assert registration.email not in text


@pytest.mark.parametrize("pk", ["0", str(10**20), "9" * 5000])
def test_a_session_that_does_not_exist_is_not_found(client: Client, pk: str) -> None:
    assert client.get(f"/sessions/{pk}/").status_code == 404
    assert client.post(f"/sessions/{pk}/inscription/", {}).status_code == 404
    assert client.get(f"/sessions/{pk}/inscription/merci/").status_code == 404
    assert client.get(f"/sessions/{pk}/session.ics").status_code == 404


def test_a_draft_is_not_found_even_by_posting(client: Client) -> None:
    session = make_session(status="draft")
    assert client.get(f"/sessions/{session.pk}/").status_code == 404
    assert client.post(f"/sessions/{session.pk}/inscription/", {}).status_code == 404


def test_a_signed_in_person_finds_the_form_filled_in(client: Client) -> None:
    user = make_user(first_name="Élodie", last_name="Le Goff", profession="60", rpps="10000000000")
    client.force_login(user)
    text = page(client, make_session())
    assert 'value="Élodie"' in text
    assert f'value="{user.email}"' in text
    assert '<option value="60" selected>' in text


def test_nobody_elses_details_fill_the_form(client: Client) -> None:
    make_user(first_name="Élodie")
    assert "Élodie" not in page(client, make_session())


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_however_many_are_registered(
    client: Client, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    session = make_session(capacity=2)
    for i in range(count):
        make_registration(session)
        SessionRole.objects.create(session=session, name=f"Voix {i}")
    client.get(f"/sessions/{session.pk}/?chaud=1")  # warms the cache of the site's root paths
    # Session, slots, roles, documents, programme, other dates; the header's links; retention periods.
    with django_assert_num_queries(8):
        client.get(f"/sessions/{session.pk}/")
