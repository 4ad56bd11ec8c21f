"""Words in braces: an allow-list, replaced once, never evaluated."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from common.errors import DomainError
from events.domain import placeholders
from events.domain.links import registration_url
from events.domain.sessions import SlotTimes
from events.models import Registration
from tests.factories import make_activity, make_organisation, make_registration, make_session

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
START = datetime(2027, 12, 16, 19, tzinfo=ZoneInfo("Europe/Paris"))


def registered(**person: str) -> Registration:
    organisation = make_organisation(name="CPTS Grand Havre", email="contact@cpts.example.org")
    session = make_session(
        make_activity(organisation, title="Café des Soignants"),
        title="Sophrologie",
        online_url="https://visio.example.org/salle",
        slots=[
            SlotTimes(START, START + timedelta(hours=2)),
            SlotTimes(START + timedelta(days=1), START + timedelta(days=1, hours=2)),
        ],
    )
    registration = make_registration(session, **person)
    return Registration.objects.get(pk=registration.pk)


def test_each_word_says_what_it_promises():
    registration = registered(first_name="Zoé", last_name="Lemaître")
    slot = registration.session.slots.last()
    text = "{prenom} {nom}|{dispositif}|{theme}|{date}|{heure}|{lieu}|{places}|{structure}|{contact}"
    assert placeholders.fill(text, registration=registration, slot=slot) == (
        "Zoé Lemaître|Café des Soignants|Sophrologie|vendredi 17\N{NO-BREAK SPACE}décembre 2027|"
        "19\N{NO-BREAK SPACE}h|Maison de santé, Le Havre|11|CPTS Grand Havre|contact@cpts.example.org"
    )
    assert placeholders.fill("{lien}", registration=registration) == registration_url(registration)


def test_without_a_slot_every_day_of_the_session_is_named_once():
    filled = placeholders.fill("{date}", registration=registered())
    assert filled.replace("\N{NO-BREAK SPACE}", " ") == "jeudi 16 décembre 2027 et vendredi 17 décembre 2027"


def test_a_person_named_like_a_word_keeps_that_name():
    registration = registered(first_name="{lien}", last_name="{contact} {0.__class__}")
    filled = placeholders.fill("Bonjour {prenom} {nom} {{prenom}}", registration=registration)
    assert filled == "Bonjour {lien} {contact} {0.__class__} {{lien}}"


def test_the_link_to_join_is_for_confirmed_people_only():
    registration = registered()
    assert placeholders.fill("{connexion}", registration=registration) == "https://visio.example.org/salle"
    registration.state = Registration.State.WAITLISTED
    assert placeholders.fill("{connexion}", registration=registration) == ""


def test_the_personal_link_may_be_hidden():
    registration = registered()
    assert placeholders.fill("{lien}", registration=registration, link="(lien)") == "(lien)"


@pytest.mark.parametrize("word", ["prénom", "email", "0", "", "prenom!r", "registration.user.password"])
def test_an_unknown_word_is_refused_with_those_that_exist(word):
    with pytest.raises(DomainError, match=r"n’existe pas. Vous pouvez écrire : \{prenom\}, \{nom\}") as error:
        placeholders.check(subject="Rappel", body=f"Bonjour {{{word}}}")
    assert error.value.field == "body"


@pytest.mark.parametrize("subject", ["{lien}", "{connexion}", "Voir https://exemple.fr", "WWW.exemple.fr"])
def test_a_subject_holds_no_link(subject):
    with pytest.raises(DomainError, match="jamais dans l’objet") as error:
        placeholders.check(subject=subject, body="x")
    assert error.value.field == "subject"


def test_braces_alone_are_text():
    placeholders.check(subject="a { b", body="} {\n} {{prenom}}" * 2)
