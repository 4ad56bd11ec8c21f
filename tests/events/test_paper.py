"""Quick entry from the signed paper: numbers as printed, read again as names before they count."""

from datetime import timedelta

import pytest
from django.urls import reverse

from common.errors import DomainError
from events.domain.attendance import mark
from events.domain.paper import enter_paper, read_entry, read_numbers
from events.domain.registration import withdraw
from events.domain.roster import on_paper
from events.models import Attendance, Registration, Session
from tests.factories import make_admin, make_coordinator, make_registration, make_session

pytestmark = pytest.mark.django_db
State = Attendance.State
DAYS = timedelta(days=2)


@pytest.fixture
def session():
    made = make_session(days=1)
    for first_name, last_name in (("Ana", "Zola"), ("Bea", "Martin"), ("Cleo", "Adam"), ("Dan", "Martin")):
        make_registration(
            made, first_name=first_name, last_name=last_name, email=f"{first_name.lower()}@example.org"
        )
    yesterday = {"starts_at": made.starts_at - DAYS, "ends_at": made.ends_at - DAYS}
    made.slots.update(**yesterday)
    Session.objects.filter(pk=made.pk).update(**yesterday)
    made.refresh_from_db()
    return made


@pytest.fixture
def slot(session):
    return session.slots.get()


def names(people):
    return [person.first_name for person in people]


def stands():
    return dict(Attendance.objects.values_list("registration__first_name", "state"))


def test_numbers_follow_the_printed_list_and_walk_ins_come_last(session):
    make_registration(session, first_name="Aude", last_name="Aaron")
    assert names(on_paper(session=session)) == ["Cleo", "Bea", "Dan", "Ana", "Aude"]


@pytest.mark.parametrize(
    ("raw", "numbers"),
    [
        ("1-3, 5", [1, 2, 3, 5]),
        ("5;3 1", [1, 3, 5]),
        ("2 à 4 et 1".replace(" et", ","), [1, 2, 3, 4]),
        ("1 – 2\n2", [1, 2]),
        ("", []),
    ],
)
def test_numbers_are_read_as_people_write_them(raw, numbers):
    assert read_numbers(raw, top=5, field="signed") == numbers


@pytest.mark.parametrize(
    "raw", ["0", "6", "1-9", "3-1", "tous", "1,x", "-", "²", "\0", "99999999999999999999"]
)
def test_what_is_no_number_of_the_sheet_is_refused_beside_its_field(raw):
    with pytest.raises(DomainError) as refused:
        read_numbers(raw, top=5, field="signed")
    assert refused.value.field == "signed"


def test_names_are_read_again_before_anything_is_noted(client, session, slot):
    client.force_login(make_coordinator(session.activity.organisation))
    url = reverse("events:paper", args=[slot.pk])
    typed = {"signed": "1-2", "excused": "4", "name_0": "Lou Vasseur", "email_0": "lou@example.org"}

    again = client.post(url, typed)
    assert "Relisez, puis enregistrez." in again.content.decode()
    assert "Sans inscription&nbsp;: Lou Vasseur" in again.content.decode()
    assert stands() == {}

    seen = read_entry(slot=slot, signed="").seen
    client.post(url, typed | {"noter": "1", "seen": seen})
    assert stands() == {"Cleo": "present", "Bea": "present", "Ana": "excused", "Lou": "present"}


def test_a_list_that_changed_since_the_names_were_read_notes_nobody(session, slot):
    seen = read_entry(slot=slot, signed="1").seen
    withdraw(registration=session.registrations.get(first_name="Cleo"), by=make_admin())
    with pytest.raises(DomainError, match="La liste a changé"):
        enter_paper(slot=slot, signed="1", excused="", newcomers=[], seen=seen, by=make_admin())
    assert stands() == {}


def test_who_is_noted_late_already_stays_late(session, slot):
    admin = make_admin()
    cleo = session.registrations.get(first_name="Cleo")
    mark(slot=slot, marks={cleo.pk: State.LATE}, minutes={cleo.pk: 50}, by=admin)
    seen = read_entry(slot=slot, signed="1-4").seen
    enter_paper(slot=slot, signed="1-4", excused="", newcomers=[], seen=seen, by=admin)
    assert Attendance.objects.values_list("state", "minutes").get(registration=cleo) == (State.LATE, 50)
    assert Attendance.objects.count() == 4


def test_nobody_both_signed_and_is_excused(slot):
    with pytest.raises(DomainError, match="gardez l’un des deux"):
        read_entry(slot=slot, signed="1-2", excused="2")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({}, "Tapez au moins un numéro, ou un nom."),
        ({"signed": "12"}, "Il n’y a pas de numéro 12"),
        ({"name_0": "Lou"}, "Indiquez le prénom, puis le nom."),
        ({"email_1": "lou@example.org"}, "Indiquez son prénom et son nom."),
        ({"name_2": "Lou Vasseur", "email_2": "\0"}, "ne semble pas valable"),
        ({"signed": "1" * 3000}, "2000"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(client, session, slot, typed, sentence):
    client.force_login(make_coordinator(session.activity.organisation))
    answer = client.post(reverse("events:paper", args=[slot.pk]), typed)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Registration.objects.filter(source=Registration.Source.WALK_IN).exists()


def test_the_page_takes_as_many_queries_for_three_people_as_for_one(
    client, session, slot, django_assert_num_queries
):
    client.force_login(make_coordinator(session.activity.organisation))
    url = reverse("events:paper", args=[slot.pk])
    session.registrations.exclude(first_name="Ana").update(state=Registration.State.WITHDRAWN)
    client.get(url)
    with django_assert_num_queries(7):
        client.get(url)
    session.registrations.exclude(first_name="Dan").update(state=Registration.State.CONFIRMED)
    with django_assert_num_queries(7):
        client.get(url)
