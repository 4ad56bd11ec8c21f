"""The sentences that say the rules, and why somebody waits."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from events.domain.eligibility import rules_in_words, why, why_waiting
from events.domain.registration import withdraw
from events.domain.waiting import with_position
from events.models import ActivitySettings, Registration, Session
from tests.clock import Clock, clock, paris
from tests.factories import make_registration, make_session

__all__ = ["clock"]
pytestmark = pytest.mark.django_db


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def said(session: Session) -> list[str]:
    session = Session.objects.select_related("activity").get(pk=session.pk)
    return [plain(sentence) for sentence in rules_in_words(session)]


def fresh(registration: Registration) -> Registration:
    return Registration.objects.select_related("session").get(pk=registration.pk)


def test_an_ordinary_session_says_one_thing():
    assert said(make_session()) == [
        "Une place libérée va à la première personne de la liste d’attente, prévenue par e-mail."
    ]


def test_every_rule_is_said(clock: Clock):
    clock.set(2026, 11, 24)
    session = make_session(
        days=30,
        professions=["50", "60"],
        members_first_until=paris(2026, 12, 1, 9),
        approval=True,
        promotion="offer",
        offer_hours=4,
        promotion_cutoff_hours=12,
    )
    ActivitySettings.objects.create(activity=session.activity, season_limit=3)
    assert said(session) == [
        "Session réservée à ces professions : sage-femme / maïeuticien, infirmier·ère.",
        (
            "Jusqu’au mardi 1er décembre 2026 à 9 h, les places vont aux adhérent·es. Les autres personnes "
            "entrent sur la liste d’attente : à cette date, les places qui restent leur reviennent, dans "
            "l’ordre d’arrivée."
        ),
        "La coordination valide chaque demande et répond par e-mail.",
        "Au plus 3 sessions de ce dispositif par personne et par saison, de septembre à août.",
        (
            "Une place libérée est proposée à la première personne de la liste d’attente, "
            "jusqu’à 12 heures avant le début. Elle a 4 h pour répondre, "
            "comptées de 8 h à 20 h, hors dimanches et jours fériés."
        ),
    ]


def test_a_date_that_is_over_is_not_said_any_more():
    session = make_session(members_first_until=timezone.now() - timedelta(days=1), waiting_list=False)
    assert said(session) == ["Il n’y a pas de liste d’attente."]


def waiting(people: int = 1, **fields: Any) -> tuple[Session, list[Registration]]:
    session = make_session(capacity=1, **fields)
    made = [make_registration(session) for _ in range(people + 1)]
    session.refresh_from_db()
    return session, made


def test_nothing_is_to_be_explained_when_nobody_waits():
    session = make_session()
    registration = make_registration(session)
    assert why(session) == why_waiting(registration) == ""


def test_a_full_session_says_so_and_how_many_are_before():
    session, [_, first, second, third] = waiting(3)
    assert why(session).startswith("La session est complète. Dès qu’une place se libère")
    assert why_waiting(fresh(first)) == why(session)
    assert plain(why_waiting(fresh(second))) == "La session est complète. 1 personne attend avant."
    assert plain(why_waiting(fresh(third))) == "La session est complète. 2 personnes attendent avant."


def test_after_the_last_promotion_the_coordination_chooses(clock: Clock):
    clock.set(2026, 11, 24, 9)
    session, [first, second] = waiting(days=2, promotion_cutoff_hours=12)
    clock.set(2026, 11, 26, 7)
    withdraw(registration=first)
    session.refresh_from_db()
    sentence = (
        "À moins de 12 heures du début, une place libérée ne va plus d’elle-même à la liste d’attente : "
        "la coordination choisit."
    )
    assert plain(why(session)) == plain(why_waiting(fresh(second))) == sentence
    assert said(session) == [sentence]


def test_long_delays_are_told_in_days():
    session = make_session(days=20, promotion_cutoff_hours=240)
    assert "jusqu’à 10 jours avant le début" in said(session)[0]
    session = make_session(days=20, promotion_cutoff_hours=36)
    assert "jusqu’à 36 heures avant le début" in said(session)[0]


def test_members_first_is_the_reason_of_those_who_wait_beside_free_seats(clock: Clock):
    clock.set(2026, 11, 24)
    session = make_session(members_first_until=paris(2026, 12, 1, 9))
    other = make_registration(session)
    session.refresh_from_db()
    sentence = "Les inscriptions des non-adhérent·es commencent le mardi 1er décembre 2026 à 9 h."
    assert plain(why(session)) == plain(why_waiting(fresh(other))) == sentence


def test_an_offer_to_somebody_else_is_said_without_naming_them(clock: Clock):
    clock.set(2026, 11, 24, 9)
    session, [confirmed, first, second] = waiting(2, promotion="offer", offer_hours=2)
    assert "elle est proposée à la première personne" in why(session)
    withdraw(registration=confirmed)
    session.refresh_from_db()
    until = "jusqu’au mardi 24 novembre 2026 à 11 h."
    assert plain(why(session)).endswith(f"Une place est proposée à une autre personne {until}")
    assert why_waiting(fresh(second)) == why(session)
    assert plain(why_waiting(fresh(first))) == f"Une place est proposée {until}"


def test_a_request_says_that_an_answer_is_awaited():
    registration = make_registration(make_session(approval=True))
    assert why_waiting(registration) == "La coordination doit encore valider cette demande."


def test_a_session_that_has_begun_promotes_nobody():
    session, [_, second] = waiting()
    Session.objects.filter(pk=session.pk).update(starts_at=timezone.now() - timedelta(minutes=1))
    session.refresh_from_db()
    assert "a commencé" in why(session)
    assert "a commencé" in why_waiting(fresh(second))


@pytest.mark.parametrize("people", [1, 5])
def test_a_list_explains_each_of_its_people_without_a_query_more(django_assert_num_queries, people: int):
    session, [confirmed, *_] = waiting(people + 1, promotion="offer")
    withdraw(registration=confirmed)
    with django_assert_num_queries(2):
        rows = with_position(session.registrations.select_related("session").order_by("pk"))
        assert all(why_waiting(each) for each in rows if each.state != "withdrawn")
