"""What a phone sends of a sheet after a lost connection: once, with conflicts said, and never a crash."""

import json

import pytest
from django.urls import reverse

from events.domain.attendance import close_sheet, mark
from events.models import Attendance, JournalEntry, Registration
from tests.factories import make_coordinator, make_registration, make_session

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
State = Attendance.State


@pytest.fixture
def session():
    return make_session(days=-1)


@pytest.fixture
def slot(session):
    return session.slots.get()


@pytest.fixture
def coordinator(client, session):
    user = make_coordinator(session.activity.organisation)
    client.force_login(user)
    return user


def send(client, slot, **sent):
    return client.post(reverse("events:sheet_sync", args=[slot.pk]), sent, content_type="application/json")


def noted(registration, state, minutes=None, seen="", seen_minutes=None):
    return {
        "registration": registration.pk,
        "state": state,
        "minutes": minutes,
        "seen": seen,
        "seen_minutes": seen_minutes,
    }


LOU = {"key": "a", "full_name": "Lou Vasseur", "email": "lou@example.org", "profession": ""}


def test_marks_sent_twice_are_noted_once(client, session, slot, coordinator):
    person = make_registration(session)
    for _twice in range(2):
        answer = send(client, slot, marks=[noted(person, "late", 40)]).json()
        assert answer["conflicts"] == {}
        assert answer["people"] == {str(person.pk): ["late", 40, False]}
    assert JournalEntry.objects.filter(action="escale.attendance").count() == 1


def test_a_mark_that_somebody_changed_meanwhile_stands_and_is_told(client, session, slot, coordinator):
    person, other = make_registration(session), make_registration(session)
    mark(slot=slot, marks={person.pk: State.EXCUSED}, by=coordinator)

    answer = send(client, slot, marks=[noted(person, "present"), noted(other, "present")]).json()

    assert answer["conflicts"] == {str(person.pk): ["excused", None]}
    assert dict(Attendance.objects.values_list("registration", "state")) == {
        person.pk: State.EXCUSED,
        other.pk: State.PRESENT,
    }


def test_somebody_elses_registration_is_a_conflict_and_nothing_more(client, slot, coordinator):
    elsewhere = make_registration(make_session(days=-1))
    answer = send(client, slot, marks=[noted(elsewhere, "present")]).json()
    assert answer["conflicts"] == {str(elsewhere.pk): None}
    assert not Attendance.objects.exists()


def test_a_newcomer_sent_twice_is_there_once_and_a_correction_stands(client, session, slot, coordinator):
    first = send(client, slot, newcomers=[LOU]).json()["newcomers"]["a"]
    mark(
        slot=slot,
        marks={first["registration"]: State.LEFT},
        minutes={first["registration"]: 30},
        by=coordinator,
    )

    again = send(client, slot, newcomers=[LOU]).json()["newcomers"]["a"]

    assert again == {"registration": first["registration"], "stands": ["left", 30]}
    assert Registration.objects.get().state == Registration.State.CONFIRMED
    assert Attendance.objects.values_list("state", "minutes").get() == (State.LEFT, 30)


def test_a_newcomer_whom_the_rules_refuse_keeps_nobody_else_back(client, slot, coordinator):
    wrong = LOU | {"key": "b", "full_name": "Lou"}
    bad_address = LOU | {"key": "c", "email": "pas une adresse\0"}

    told = send(client, slot, newcomers=[wrong, bad_address, LOU]).json()["newcomers"]

    assert told["b"] == {"error": "Indiquez le prénom, puis le nom."}
    assert "ne semble pas valable" in told["c"]["error"]
    assert Registration.objects.get().pk == told["a"]["registration"]


def test_a_name_cut_inside_a_character_is_refused_and_keeps_nobody_else_back(client, slot, coordinator):
    """Half an emoji, as a phone cuts it: JSON carries it, no database and no answer can."""
    cut = LOU | {"key": "b", "full_name": "Ada Lys\ud83d", "email": "ada@example.org"}

    told = send(client, slot, newcomers=[cut, LOU]).json()["newcomers"]

    assert "contient un caractère invisible" in told["b"]["error"]
    assert Registration.objects.get().pk == told["a"]["registration"]


def test_somebody_who_waited_comes_in_by_their_registration(client, coordinator, session, slot):
    person = make_registration(session)
    Registration.objects.filter(pk=person.pk).update(state=Registration.State.DECLINED)
    elsewhere = make_registration(make_session(days=-1))

    told = send(
        client,
        slot,
        newcomers=[LOU | {"waiting": person.pk}, LOU | {"key": "b", "waiting": elsewhere.pk}],
    ).json()["newcomers"]

    assert "registration" in told["a"]
    assert "n’est plus inscrite" in told["b"]["error"]


def test_nothing_is_taken_once_the_sheet_is_closed(client, session, slot, coordinator):
    person = make_registration(session)
    close_sheet(slot=slot, by=coordinator)

    answer = send(client, slot, marks=[noted(person, "present")], newcomers=[LOU])

    assert answer.status_code == 409
    assert answer.json()["closed"] is True
    assert "déjà close" in answer.json()["error"]
    assert Registration.objects.count() == 1
    assert Attendance.objects.get().state == State.ABSENT


def test_minutes_that_cannot_be_are_refused_in_a_sentence(client, session, slot, coordinator):
    person = make_registration(session)
    answer = send(client, slot, marks=[noted(person, "late", 10**9)])
    assert answer.status_code == 409
    assert "de 1 à 120" in answer.json()["error"]


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "nul",
        "[" * 5000,
        '{"marks": 3}',
        '{"marks": [3]}',
        '{"newcomers": [{"key": 3}]}',
        '{"newcomers": ["x"]}',
        json.dumps({"marks": [{"registration": "1", "state": "present"}]}),
        json.dumps({"marks": [{"registration": True, "state": "present"}]}),
        json.dumps({"marks": [{"registration": 10**20, "state": "present"}]}),
        json.dumps({"marks": [{"registration": 1, "state": "ailleurs"}]}),
        json.dumps({"marks": [{"registration": 1, "state": ["present"]}]}),
        json.dumps({"marks": [{"registration": 1, "state": "late", "minutes": 1.5}]}),
        json.dumps({"marks": [{"registration": 1, "state": "late", "seen": "x"}]}),
        json.dumps({"marks": [{"registration": 1, "state": "late", "seen_minutes": 2**31}], "since": ""}),
        json.dumps({"newcomers": [{"full_name": "x" * 500}]}),
        json.dumps({"marks": [{"registration": 1, "state": "present"}] * 1001}),
        json.dumps({"newcomers": [LOU] * 61}),
        '{"marks": [], "x": "' + "x" * 300_000 + '"}',
    ],
)
def test_whatever_else_is_sent_is_refused_and_noted_nowhere(client, slot, coordinator, body):
    url = reverse("events:sheet_sync", args=[slot.pk])
    answer = client.post(url, body, content_type="application/json")
    assert answer.status_code == 400
    assert "rechargez la page" in answer.json()["error"]


def test_what_stands_takes_as_many_queries_for_three_people_as_for_one(
    client, session, slot, coordinator, django_assert_num_queries
):
    url = reverse("events:sheet_state", args=[slot.pk])
    make_registration(session)
    client.get(url)
    with django_assert_num_queries(4):
        client.get(url)
    make_registration(session)
    make_registration(session)
    with django_assert_num_queries(4):
        assert len(client.get(url).json()["people"]) == 3


def test_only_an_open_sheet_may_be_kept_by_the_phone(client, session, slot, coordinator):
    make_registration(session)
    url = reverse("events:attendance", args=[slot.pk])
    assert client.get(url)["X-Escale-Sheet"] == "open"
    close_sheet(slot=slot, by=coordinator)
    assert "X-Escale-Sheet" not in client.get(url)


def test_signing_out_tells_the_browser_to_forget(client, coordinator):
    assert "Clear-Site-Data" not in client.get("/compte/logout/")
    assert client.post("/compte/logout/")["Clear-Site-Data"] == '"storage"'
