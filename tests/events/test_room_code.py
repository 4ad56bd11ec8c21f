"""Signing in from one's own phone: the code of the room, who is found by it, and what nobody learns."""

import time
from datetime import timedelta

import pytest
from django.core.signing import Signer
from django.urls import reverse
from django.utils import timezone

from common.errors import DomainError
from events.domain.attendance import close_sheet, mark
from events.domain.attendance.signing import check_in
from events.domain.links import LinkError
from events.domain.registration import add_walk_in
from events.domain.room_code import (
    STEP_SECONDS,
    read_room_pass,
    read_room_token,
    room_pass,
    room_token,
)
from events.models import Attendance, Session, Signature
from tests.factories import (
    make_admin,
    make_coordinator,
    make_person,
    make_registration,
    make_session,
    make_user,
)

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
State = Attendance.State
NOW = 1_800_000_015.0


@pytest.fixture
def session():
    made = make_session(days=1)
    make_registration(made, first_name="Ana", email="ana@example.org")
    start = timezone.now() - timedelta(minutes=30)
    made.slots.update(starts_at=start, ends_at=start + timedelta(hours=2))
    Session.objects.filter(pk=made.pk).update(starts_at=start, ends_at=start + timedelta(hours=2))
    made.refresh_from_db()
    return made


@pytest.fixture
def slot(session):
    return session.slots.get()


def here(token):
    return reverse("events:here", args=[token])


def say(client, slot, **typed):
    return client.post(here(room_token(slot=slot)), {"laissez": room_pass(slot=slot), **typed})


def test_a_code_is_good_for_its_half_minute_and_the_next_one(slot):
    token = room_token(slot=slot, now=NOW)
    for later in (0, STEP_SECONDS):
        assert read_room_token(token, now=NOW + later) == slot
    for wrong in (2 * STEP_SECONDS, -STEP_SECONDS, 86_400):
        with pytest.raises(LinkError):
            read_room_token(token, now=NOW + wrong)


def test_a_code_made_up_or_for_another_thing_opens_nothing(slot):
    pk, step, signature = room_token(slot=slot).split(".")
    others = [
        f"{int(pk) + 1}.{step}.{signature}",
        f"{pk}.{int(step) + 1}.{signature}",
        f"{pk}.{step}.{signature[:-1]}",
        Signer(sep=".", salt="escale.room").sign("x.y"),
        Signer(sep=".", salt="escale.room").sign(f"{pk}.{step}.{step}"),
        Signer(sep=".", salt="escale.registration").sign(f"{pk}.{step}"),
        "",
        "\0",
        "9" * 40,
    ]
    for token in others:
        with pytest.raises(LinkError):
            read_room_token(token)
        with pytest.raises(LinkError):
            read_room_pass(token)
    with pytest.raises(LinkError):
        read_room_token(room_pass(slot=slot))


def test_opening_the_page_notes_nobody(client, slot):
    assert client.get(here(room_token(slot=slot))).status_code == 200
    assert not Attendance.objects.exists()


def test_the_address_of_ones_registration_notes_one_present_whatever_its_case(client, slot):
    answer = say(client, slot, email=" ANA@example.org ")
    assert answer["Location"] == reverse("events:here_done")
    assert Attendance.objects.get().state == State.PRESENT


@pytest.mark.parametrize("email", ["inconnue@example.org", "ana@example.org", "élan@example.org"])
def test_the_answer_is_the_same_whether_the_address_is_known_or_not(client, slot, email):
    answer = say(client, slot, email=email)
    assert (answer.status_code, answer["Location"]) == (302, reverse("events:here_done"))
    assert "ana@" not in client.get(answer["Location"]).content.decode()


def test_somebody_signed_in_taps_once(client, session, slot):
    user = make_user(email="lou@example.org")
    person = make_person(first_name="Lou", email="lou@example.org")
    add_walk_in(session=session, person=person, by=make_admin())
    client.force_login(user)

    page = client.get(here(room_token(slot=slot))).content.decode()
    assert "Lou, vous êtes là" in page
    assert 'type="email"' not in page.split("<main")[1].split("</main")[0]
    say(client, slot)
    assert Attendance.objects.get().registration.user == user


def test_what_is_noted_already_stands(client, session, slot):
    ana = session.registrations.get()
    mark(slot=slot, marks={ana.pk: State.LATE}, minutes={ana.pk: 80}, by=make_admin())
    say(client, slot, email="ana@example.org")
    assert Attendance.objects.values_list("state", "minutes").get() == (State.LATE, 80)


def test_a_pass_is_short_lived_and_for_one_slot(client, slot, monkeypatch):
    token = room_pass(slot=slot)
    assert read_room_pass(token) == slot
    later = time.time() + 6 * 60
    monkeypatch.setattr("django.core.signing.time.time", lambda: later)
    with pytest.raises(LinkError):
        read_room_pass(token)


def test_without_a_pass_a_form_notes_nobody(client, slot):
    answer = client.post(here(room_token(slot=slot)), {"email": "ana@example.org"})
    assert answer.status_code == 410
    assert not Attendance.objects.exists()


def test_a_closed_sheet_and_another_hour_take_nobody(client, session, slot):
    close_sheet(slot=slot, by=make_admin())
    assert say(client, slot, email="ana@example.org").status_code == 410
    other = make_session(days=-1)
    make_registration(other, email="bea@example.org")
    with pytest.raises(DomainError, match="pendant la session"):
        check_in(slot=other.slots.get(), email="bea@example.org")


def test_the_projected_picture_is_a_code_while_the_slot_is_on(client, session, slot):
    client.force_login(make_coordinator(session.activity.organisation))
    picture = client.get(reverse("events:room_code", args=[slot.pk]))
    assert (picture.status_code, picture["Content-Type"]) == (200, "image/svg+xml")
    assert picture.content.startswith(b"<svg")
    assert "no-store" in picture["Cache-Control"]
    page = client.get(reverse("events:projection", args=[slot.pk])).content.decode()
    assert reverse("events:room_code", args=[slot.pk]) in page


def test_who_types_address_after_address_is_slowed(client, slot):
    for _again in range(12):
        say(client, slot, email="ana@example.org")
    answer = say(client, slot, email="ana@example.org")
    assert answer.status_code == 422
    assert "Trop d’essais" in answer.content.decode()


def test_where_signatures_are_wanted_one_draws_or_types_ones_name(client, session, slot):
    organisation = session.activity.organisation
    organisation.signs_on_screen = True
    organisation.save()

    refused = say(client, slot, email="ana@example.org")
    assert "Signez dans le cadre, ou tapez votre nom." in refused.content.decode()
    assert not Attendance.objects.exists()
    assert say(client, slot, email="ana@example.org", strokes="[[1,2,3,4]]").status_code == 302
    signed = Signature.objects.get()
    assert (signed.way, signed.strokes) == (Signature.Way.QR, [[1, 2, 3, 4]])
    say(client, slot, email="ana@example.org", typed="Quelqu’un d’autre")
    assert Signature.objects.get().digest == signed.digest


@pytest.mark.parametrize("strokes", ["[[1]]", "[[1,2,3]]", '{"a": 1}', "7", "[[0,0,5000,0]]"])
def test_a_signature_that_does_not_read_tells_nobody_which_addresses_are_registered(
    client, session, slot, strokes
):
    organisation = session.activity.organisation
    organisation.signs_on_screen = True
    organisation.save()
    known, unknown = (
        say(client, slot, email=email, strokes=strokes)
        for email in ("ana@example.org", "inconnue@example.org")
    )
    assert known.status_code == unknown.status_code == 422
    for answer in (known, unknown):
        assert "ne se lit pas" in answer.content.decode()
    assert not Attendance.objects.exists()


def test_a_form_that_comes_back_gives_no_longer_time_to_who_has_left_the_room(client, slot, monkeypatch):
    with monkeypatch.context() as earlier:
        ago = time.time() - 4 * 60
        earlier.setattr("django.core.signing.time.time", lambda: ago)
        given = room_pass(slot=slot)
    answer = client.post(here(room_token(slot=slot)), {"laissez": given, "email": "pas une adresse"})
    assert answer.status_code == 422
    assert answer.context["room_pass"] == given
