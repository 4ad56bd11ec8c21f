"""What people read: right facts, warm words, each event told once, nothing about health."""

import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from icalendar import Calendar

from events.domain.links import registration_token, registration_url
from events.domain.notices import notify, notify_after
from events.domain.registration import register, withdraw
from events.domain.sessions import SlotTimes, cancel_session, save_session
from events.models import Message, Registration
from tests.factories import make_activity, make_organisation, make_person, make_registration, make_session

pytestmark = [pytest.mark.django_db, pytest.mark.today(2026, 11, 20, 12)]
START = datetime(2027, 12, 16, 19, tzinfo=ZoneInfo("Europe/Paris"))
EVENING = SlotTimes(START, START + timedelta(hours=2))


def make_evening(**fields: Any) -> Any:
    organisation = make_organisation(
        name="CPTS Grand Havre", short_name="Sextant 76", email="contact@cpts.example.org"
    )
    activity = make_activity(organisation, title="Café des Soignants")
    defaults = {
        "title": "Sophrologie",
        "place_name": "Maison de santé",
        "address": "12 rue de la Mer",
        "city": "Le Havre",
        "access": "Tram A, arrêt Plage",
    }
    return make_session(activity, slots=[EVENING], **(defaults | fields))


def told(registration: Registration, kind: str) -> Message:
    return Message.objects.get(registration=registration, kind=kind)


def plain(text: str) -> str:
    """Unbreakable spaces and cut lines made ordinary."""
    return " ".join(text.replace("\N{NO-BREAK SPACE}", " ").split())


def test_a_confirmed_place_is_told_with_its_facts_and_the_personal_link():
    registration = make_registration(make_evening(), first_name="Zoé")
    message = told(registration, "confirmed")
    body = plain(message.body)
    assert message.subject == "Votre place est confirmée : Café des Soignants"
    assert message.recipient == registration.email
    assert message.organisation.short_name == "Sextant 76"
    assert body.startswith("Bonjour Zoé, Votre place est confirmée.")
    for fact in (
        "Café des Soignants – Sophrologie",
        "Quand : jeudi 16 décembre 2027, de 19 h à 21 h",
        "Où : Maison de santé, 12 rue de la Mer, Le Havre",
        "Accès : Tram A, arrêt Plage",
        f"{settings.BASE_URL}/inscriptions/{registration_token(registration)}/",
        "contact@cpts.example.org",
        "À bientôt, CPTS Grand Havre",
    ):
        assert fact in body


def test_text_is_written_as_it_was_typed_without_html_escapes():
    registration = make_registration(make_evening(title="L'été <d'abord> & \"après\""), first_name="D'Arc")
    body = told(registration, "confirmed").body
    assert "Bonjour D'Arc," in body
    assert "L'été <d'abord> & \"après\"" in plain(body)


def test_lines_are_short_links_whole_and_blanks_single():
    session = make_evening(title="Une session au titre long " * 5, address="")
    body = told(make_registration(session), "confirmed").body
    assert all(len(line) <= 76 or "://" in line for line in body.splitlines())
    assert "\n\n\n" not in body
    assert not re.search(r"[ \t]$", body, re.MULTILINE)
    assert registration_url(Registration.objects.get()) in body.splitlines()


def test_the_waiting_list_is_told_with_its_rank_and_its_rule():
    session = make_evening(capacity=1)
    make_registration(session)
    second, third = make_registration(session), make_registration(session)
    assert "en 1re position" in plain(told(second, "waitlisted").body)
    body = plain(told(third, "waitlisted").body)
    assert "en 2e position" in body
    assert "dans l’ordre d’arrivée" in body
    assert told(third, "waitlisted").calendar == ""


def test_the_online_link_goes_only_to_those_who_have_a_place():
    session = make_evening(capacity=1, online_url="https://visio.example.org/secret")
    confirmed, waiting = make_registration(session), make_registration(session)
    assert "https://visio.example.org/secret" in told(confirmed, "confirmed").body
    assert "secret" not in told(waiting, "waitlisted").body
    withdraw(registration=confirmed)
    assert "secret" not in told(confirmed, "withdrawn").body + told(confirmed, "withdrawn").calendar
    assert "https://visio.example.org/secret" in told(waiting, "promoted").body


def test_a_promotion_is_told_once_with_an_invitation():
    session = make_evening(capacity=1)
    first, second = make_registration(session), make_registration(session)
    withdraw(registration=first)
    second.refresh_from_db()
    assert notify(registration=second, kind="promoted") is None
    message = told(second, "promoted")
    assert message.subject == "Une place s’est libérée pour vous : Café des Soignants"
    assert (message.calendar_method, Calendar.from_ical(message.calendar)["method"]) == ("REQUEST", "REQUEST")


def test_a_withdrawal_is_told_and_takes_the_event_out_of_the_calendar():
    registration = make_registration(make_evening())
    withdraw(registration=registration)
    message = told(registration, "withdrawn")
    assert "Votre désistement est enregistré" in plain(message.body)
    assert message.calendar_method == "CANCEL"
    [before] = Calendar.from_ical(told(registration, "confirmed").calendar).walk("VEVENT")
    [after] = Calendar.from_ical(message.calendar).walk("VEVENT")
    assert (after["uid"], after["status"]) == (before["uid"], "CANCELLED")


def test_nobody_gets_a_cancellation_of_an_invitation_they_never_had():
    session = make_evening(capacity=1)
    make_registration(session)
    waiting = make_registration(session)
    withdraw(registration=waiting)
    assert told(waiting, "withdrawn").calendar == ""


def test_a_cancelled_session_is_told_with_its_reason():
    registration = make_registration(make_evening())
    cancel_session(session=registration.session, reason="L’intervenante est souffrante.", by=None)
    message = told(registration, "cancelled")
    assert "Motif : L’intervenante est souffrante." in plain(message.body)
    assert message.calendar_method == "CANCEL"


def test_each_move_is_told_once_to_those_who_have_a_place_and_to_those_who_wait():
    session = make_evening(capacity=1)
    confirmed, waiting = make_registration(session), make_registration(session)
    for days in (7, 14):
        moved = [SlotTimes(START + timedelta(days=days), START + timedelta(days=days, hours=2))]
        session = save_session(session=session, slots=moved, by=None)
        assert notify(registration=confirmed, kind="moved") is None
    last = Message.objects.filter(registration=confirmed, kind="moved").order_by("pk").last()
    assert Message.objects.filter(registration=confirmed, kind="moved").count() == 2
    assert "jeudi 30 décembre 2027" in plain(last.body)
    assert "Votre place reste confirmée" in plain(last.body)
    [event] = Calendar.from_ical(last.calendar).walk("VEVENT")
    assert event["sequence"] == 2
    theirs = Message.objects.filter(registration=waiting, kind="moved").order_by("pk").last()
    assert "Vous gardez votre rang" in plain(theirs.body)
    assert theirs.calendar == ""


def test_registering_again_is_told_to_the_owner_of_the_address_once_a_day():
    session, person = make_evening(), make_person()
    registration = register(session=session, person=person).registration
    register(session=session, person=person)
    register(session=session, person=person)
    body = plain(told(registration, "already_registered").body)
    assert "rien n’a changé. Votre place est confirmée." in body
    assert registration_token(registration) in body


def test_coming_back_after_a_withdrawal_is_told_anew():
    session, person = make_evening(), make_person()
    withdraw(registration=register(session=session, person=person).registration)
    register(session=session, person=person)
    assert Message.objects.filter(kind="confirmed").count() == 2


def test_whoever_came_gets_the_way_to_the_certificate_and_to_the_survey():
    registration = make_registration(make_evening())
    notify_after(registration=registration, survey_url="/avis/abc/", certificate_url="https://x.example/pdf/")
    assert notify_after(registration=registration, survey_url="/avis/abc/", certificate_url="/x/") is None
    body = told(registration, "after").body
    assert f"{settings.BASE_URL}/avis/abc/" in body.splitlines()
    assert "https://x.example/pdf/" in body.splitlines()
    assert "Jeudi 16 décembre 2027" in plain(body)


def test_a_session_of_several_slots_is_told_slot_by_slot():
    start = START.replace(hour=9)
    slots = [
        SlotTimes(start, start + timedelta(hours=3, minutes=30), "Matinée"),
        SlotTimes(start + timedelta(days=1), start + timedelta(days=1, hours=3)),
    ]
    session = save_session(session=make_evening(), slots=slots, by=None)
    message = told(make_registration(session), "confirmed")
    assert "Quand : jeudi 16 décembre 2027, de 9 h à 12 h 30 (Matinée)" in plain(message.body)
    assert "Quand : vendredi 17 décembre 2027, de 9 h à 12 h" in plain(message.body)
    # RFC 5546: an invitation holds one event.
    assert message.calendar_method == "REQUEST"
    sent = Calendar.from_ical(message.calendar, multiple=True)
    assert [(one["method"], len(one.walk("VEVENT"))) for one in sent] == [("REQUEST", 1), ("REQUEST", 1)]


def test_subjects_say_neither_the_theme_nor_the_name():
    session = make_evening(title="Burn-out et addictions", capacity=1)
    first, second = make_registration(session), make_registration(session)
    withdraw(registration=first)
    cancel_session(session=session, reason="", by=None)
    subjects = " ".join(Message.objects.values_list("subject", flat=True))
    assert "Burn-out" not in subjects
    assert second.last_name not in subjects


def test_french_typography_is_right_in_every_text():
    session = make_evening(capacity=1)
    first, second = make_registration(session), make_registration(session)
    withdraw(registration=first)
    save_session(session=session, slots=[SlotTimes(START, START + timedelta(hours=3))], by=None)
    notify_after(registration=second, survey_url="/a/", certificate_url="/b/")
    cancel_session(session=session, reason="", by=None)
    for message in Message.objects.all():
        assert "'" not in message.body + message.subject
        text = re.sub(r"\S+://\S+", "", message.body)
        assert not re.search(r"[^\N{NO-BREAK SPACE}][?!;:]", text), text


def test_a_notice_takes_the_same_queries_whatever_the_number_of_slots(django_assert_num_queries):
    registration = make_registration(make_evening())
    Message.objects.all().delete()
    with django_assert_num_queries(6):  # session, slots, key, savepoint, message, release
        notify(registration=registration, kind="confirmed")
