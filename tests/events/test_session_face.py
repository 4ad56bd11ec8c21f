"""What the public page of a session composes: place, people, programme, other dates, figures, sharing."""

import json
import re
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from certificates.domain.closing import close_sheet
from events.domain.attendance import mark
from events.domain.roles import RoleLine, set_roles
from events.domain.session_agenda import AgendaLine, set_agenda
from events.domain.sessions import SlotTimes, cancel_session, save_session
from events.models import Attendance, Session, Survey, SurveyResponse
from tests import factories
from tests.events.test_session_documents import document, organisation

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
HOSTILE = "</script><script>alert(1)</script> & \"quotes\" 'simples' <!-- \u2028 🎉"


def page(client: Client, session: Session) -> str:
    response = client.get(f"/sessions/{session.pk}/")
    assert response.status_code == 200
    return response.text.replace("\N{NO-BREAK SPACE}", " ")


def event(client: Client, session: Session) -> dict[str, Any]:
    found = re.findall(
        r'<script type="application/ld\+json">(.*?)</script>', page(client, session), re.DOTALL
    )
    assert len(found) == 1
    graph: list[dict[str, Any]] = json.loads(found[0])["@graph"]
    assert [part["@type"] for part in graph] == ["Event", "BreadcrumbList"]
    return graph[0]


def held(*, came: int, marks: tuple[int, ...] = ()) -> Session:
    """A session that is over, its sheet closed."""
    session = factories.make_session(days=-9)
    slot = session.slots.get()
    by = factories.make_admin()
    people = [factories.make_registration(session) for _ in range(came)]
    mark(slot=slot, marks={one.pk: Attendance.State.PRESENT for one in people}, by=by)
    close_sheet(slot=slot, by=by)
    survey, _ = Survey.objects.update_or_create(
        session=session, defaults={"unsealed_at": timezone.now() - timedelta(days=1)}
    )
    for score in marks:
        SurveyResponse.objects.create(survey=survey, score=score)
    return Session.objects.get(pk=session.pk)


# --- Where, what to bring, who


def test_a_map_is_a_link_that_tells_nobody_where_one_comes_from(client: Client) -> None:
    session = factories.make_session(address="1 quai de Southampton", access="Tram A", to_bring="Une gourde")
    text = page(client, session)
    link = re.search(r'<a class="map" href="([^"]+)" rel="noopener noreferrer">', text)
    assert link is not None
    assert unquote(link[1]).startswith(
        "https://www.openstreetmap.org/search?query=1+quai+de+Southampton,+Le+Havre"
    )
    assert "Voir sur une carte" in text
    assert "Tram A" in text
    assert "Une gourde" in text


@pytest.mark.parametrize("fields", [{"modality": "distanciel"}, {"city": "", "place_name": ""}])
def test_without_a_place_there_is_no_map(client: Client, fields: dict[str, str]) -> None:
    assert "openstreetmap" not in page(client, factories.make_session(**fields))


def test_days_hours_rooms_people_and_interests_are_read_in_order(client: Client) -> None:
    session = factories.make_session()
    roles = [
        RoleLine("intervention", "Une patiente", "", "Partenaire", "Aucun lien d’intérêt."),
        RoleLine("moderation", "Un pharmacien", "", "Caen"),
    ]
    set_roles(session=session, roles=roles, by=None)
    start = session.starts_at
    lines = [
        AgendaLine(start, "Accueil"),
        AgendaLine(start + timedelta(minutes=30), "Débat", session.ends_at, "Salle 2", "Un récit.", (0, 1)),
    ]
    set_agenda(session=session, lines=lines, by=None)
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page(client, session)))
    told = ["Heure par heure", "19 h", "Accueil", "19 h 30", "Débat", "Un récit.", "Avec", "Une patiente"]
    told += ["Modération :", "Un pharmacien", "Salle 2", "Qui intervient", "Une patiente", "Partenaire"]
    told += ["Liens d’intérêt : Aucun lien d’intérêt.", "Liens d’intérêt : déclaration attendue"]
    place = 0
    for words in told:
        place = text.index(words, place)


def test_typed_html_stays_text_everywhere(client: Client) -> None:
    evil = "<script>alert(1)</script>"
    session = factories.make_session(to_bring=evil, access=evil, address=evil)
    set_roles(session=session, roles=[RoleLine("intervention", evil, "", evil, evil)], by=None)
    set_agenda(session=session, lines=[AgendaLine(session.starts_at, evil, None, evil, evil, (0,))], by=None)
    assert "<script>alert" not in page(client, session)


# --- Other dates, states


def test_other_dates_of_the_activity_are_offered_and_drafts_are_not(client: Client) -> None:
    session = factories.make_session()
    factories.make_session(session.activity, title="La suivante", days=30)
    factories.make_session(session.activity, title="Un brouillon", days=31, status="draft")
    factories.make_session(session.activity, title="Une ancienne", days=-30)
    factories.make_session(title="Ailleurs", days=30)
    text = page(client, session)
    assert "Autres dates" in text
    assert "La suivante" in text
    for absent in ("Un brouillon", "Une ancienne", "Ailleurs"):
        assert absent not in text


def test_where_no_name_is_taken_the_next_date_with_a_seat_is_offered(client: Client) -> None:
    session = factories.make_session(capacity=1, waiting_list=False)
    factories.make_registration(session)
    full = factories.make_session(session.activity, title="Pleine", days=20, capacity=1)
    factories.make_registration(full)
    free = factories.make_session(session.activity, title="La suivante", days=30)
    assert f'Prochaine date : <a href="/sessions/{free.pk}/">La suivante' in page(client, session)


@pytest.mark.parametrize("state", ["past", "cancelled"])
def test_what_is_over_leads_to_the_next_date(client: Client, state: str) -> None:
    session = factories.make_session(days=-2 if state == "past" else 5)
    if state == "cancelled":
        cancel_session(session=session, reason="Grève", by=None)
    following = factories.make_session(session.activity, title="La suivante", days=30)
    text = page(client, session)
    assert "Prochaine date :" in text
    assert f'href="/sessions/{following.pk}/"' in text
    assert "Ajouter à mon agenda" not in text


def test_a_past_session_tells_how_many_came_and_what_they_thought(client: Client) -> None:
    text = page(client, held(came=6, marks=(8, 9, 10, 7, 8)))
    assert "Elle a réuni 6 personnes." in text
    assert "Note moyenne : 8,4 sur 10, d’après 5 avis." in text


def test_a_past_session_says_nothing_of_a_few(client: Client) -> None:
    text = page(client, held(came=4, marks=(8, 9, 10, 7)))
    assert "réuni" not in text
    assert "Note moyenne" not in text


# --- For search engines and shared links


def test_search_engines_read_what_the_page_says(client: Client) -> None:
    session = factories.make_session(capacity=3, address="1 quai de Southampton")
    set_roles(session=session, roles=[RoleLine("intervention", "Une sophrologue")], by=None)
    data = event(client, session)
    assert data["name"] == "Sophrologie"
    assert data["startDate"] == timezone.localtime(session.starts_at).isoformat()
    assert data["eventStatus"] == "https://schema.org/EventScheduled"
    assert data["eventAttendanceMode"] == "https://schema.org/OfflineEventAttendanceMode"
    assert data["location"]["address"]["streetAddress"] == "1 quai de Southampton"
    assert data["performer"] == [{"@type": "Person", "name": "Une sophrologue"}]
    assert data["offers"]["availability"] == "https://schema.org/InStock"
    assert "price" not in data["offers"]
    assert "isAccessibleForFree" not in data
    assert "previousStartDate" not in data


def test_search_engines_read_that_it_is_full_moved_or_cancelled(client: Client) -> None:
    session = factories.make_session(capacity=1, days=10)
    was = timezone.localtime(session.starts_at).isoformat()
    factories.make_registration(session)
    later = SlotTimes(session.starts_at + timedelta(days=7), session.ends_at + timedelta(days=7))
    save_session(session=Session.objects.get(pk=session.pk), slots=[later], by=None)
    data = event(client, session)
    assert data["eventStatus"] == "https://schema.org/EventRescheduled"
    assert data["previousStartDate"] == was
    assert data["offers"]["availability"] == "https://schema.org/SoldOut"
    cancel_session(session=session, reason="Grève", by=None)
    data = event(client, session)
    assert data["eventStatus"] == "https://schema.org/EventCancelled"
    assert "offers" not in data


def test_the_link_to_join_is_not_told_to_search_engines(client: Client) -> None:
    for modality in ("distanciel", "hybride"):
        session = factories.make_session(modality=modality, online_url="https://visio.example.org/secret")
        assert "visio.example.org" not in json.dumps(event(client, session))


def test_a_hostile_title_stays_a_title(client: Client) -> None:
    session = factories.make_session(title=HOSTILE, description=HOSTILE)
    assert event(client, session)["name"] == HOSTILE
    text = page(client, session)
    assert "<script>alert" not in text
    assert "<!--" not in text


def test_a_shared_link_shows_title_date_place_and_picture(client: Client) -> None:
    session = factories.make_session(title='Guillemets " et <b>')
    text = page(client, session)
    assert 'property="og:title" content="Guillemets &quot; et &lt;b&gt; ·' in text
    image = re.search(r'property="og:image" content="([^"]+)"', text)
    assert image is not None
    assert f"/sessions/{session.pk}/partage.png?v=" in image[1]
    assert image[1].startswith("http")
    assert text.count('property="og:image"') == text.count('rel="canonical"') == 1
    assert "Maison de santé, Le Havre" in text
    assert 'href="mailto:?subject=' in text


# --- Cost


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_whatever_it_holds(
    client: Client, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    owner = organisation("alpha")
    session = factories.make_session(factories.make_activity(owner))
    set_roles(session=session, roles=[RoleLine("intervention", f"Voix {n}") for n in range(count)], by=None)
    lines = [
        AgendaLine(session.starts_at + timedelta(minutes=n), f"Temps {n}", speakers=tuple(range(count)))
        for n in range(count)
    ]
    set_agenda(session=session, lines=lines, by=None)
    for n in range(count):
        session.documents.create(document=document(owner, f"Document {n}"))
        factories.make_session(session.activity, days=20 + n, title=f"Autre {n}")
    client.get(
        f"/sessions/{session.pk}/?chaud=1"
    )  # warms the site's root paths; the page itself is kept whole
    # Session, slots, roles, documents, programme, other dates; the header's links; retention periods.
    with django_assert_num_queries(8):
        assert f"Temps {count - 1}" in client.get(f"/sessions/{session.pk}/").text


def test_a_card_counts_no_seats_once_names_are_no_longer_taken(client: Client) -> None:
    now = timezone.now()
    closed = factories.make_session(days=20, closes_at=now - timedelta(hours=1))
    started = factories.make_session(closed.activity, days=1)
    Session.objects.filter(pk=started.pk).update(starts_at=now - timedelta(minutes=5))
    cards = client.get("/calendrier/").text
    assert "Inscriptions closes" in cards
    assert "C’est commencé" in cards
    assert "12 places" not in cards
