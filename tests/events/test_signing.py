"""Signatures by hand on the screen of who leads, of those who came and of who countersigns."""

import pytest
from django.urls import reverse

from common.errors import DomainError
from events.domain.attendance import close_sheet, mark
from events.domain.attendance.signing import sign
from events.domain.attendance.writing import digest
from events.domain.strokes import path_of
from events.models import Attendance, JournalEntry, SessionRole, Signature
from tests.factories import make_admin, make_coordinator, make_registration, make_session, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
State = Attendance.State
LINES = [[100, 200, 110, 210, 120, 190], [300, 300, 310, 310]]
DRAWN = "[[100,200,110,210,120,190],[300,300,310,310]]"


@pytest.fixture
def session():
    made = make_session(days=-1)
    organisation = made.activity.organisation
    organisation.signs_on_screen = True
    organisation.save()
    return made


@pytest.fixture
def slot(session):
    return session.slots.get()


@pytest.fixture
def person(session):
    return make_registration(session)


@pytest.fixture
def leader(session):
    user = make_user(first_name="Claire", last_name="Meneuse")
    SessionRole.objects.create(session=session, role=SessionRole.Role.TRAINER, name="Claire", user=user)
    return user


def url(slot, person):
    return reverse("events:sign", args=[slot.pk, person.pk])


def test_who_signs_is_present_and_the_sheet_holds_the_digest(client, slot, person, leader):
    client.force_login(leader)
    client.post(url(slot, person), {"strokes": DRAWN})

    signed = Signature.objects.get()
    assert (signed.registration, signed.strokes) == (person, LINES)
    assert Attendance.objects.get().state == State.PRESENT
    sheet = close_sheet(slot=slot, by=leader)
    assert sheet.content == [{"registration": person.pk, "state": "present", "signature": signed.digest}]
    assert person.full_name not in str(JournalEntry.objects.get(action="escale.sign").data)


def test_a_name_typed_stands_for_a_drawing(client, slot, person, leader):
    client.force_login(leader)
    client.post(url(slot, person), {"strokes": "", "typed": "Camille Martin"})
    assert Signature.objects.get().strokes == []


def test_who_is_late_stays_late_with_their_minutes(slot, person, leader):
    mark(slot=slot, marks={person.pk: State.LATE}, minutes={person.pk: 60}, by=leader)
    sign(slot=slot, registration=person, strokes=LINES, by=leader)
    assert Attendance.objects.values_list("state", "minutes").get() == (State.LATE, 60)


def test_who_is_noted_absent_does_not_sign(slot, person, leader):
    mark(slot=slot, marks={person.pk: State.ABSENT}, by=leader)
    with pytest.raises(DomainError, match="notée absente"):
        sign(slot=slot, registration=person, strokes=LINES, by=leader)
    assert not Signature.objects.exists()


def test_a_signature_drawn_again_replaces_the_one_before(slot, person, leader):
    sign(slot=slot, registration=person, strokes=LINES, by=leader)
    sign(slot=slot, registration=person, strokes=LINES[:1], by=leader)
    assert Signature.objects.get().strokes == LINES[:1]


def test_nobody_signs_a_closed_sheet_or_for_another_session(slot, person, leader):
    elsewhere = make_registration(make_session(days=-1))
    with pytest.raises(DomainError, match="n’est plus confirmée"):
        sign(slot=slot, registration=elsewhere, strokes=LINES, by=leader)
    close_sheet(slot=slot, by=make_admin())
    with pytest.raises(DomainError, match="déjà close"):
        sign(slot=slot, registration=person, strokes=LINES, by=leader)


@pytest.mark.parametrize(
    "strokes",
    ["", "x", "{}", "3", "[3]", "[[1]]", "[[1,2,3]]", "[[1,2000]]", '[["1","2"]]', "[[true,1]]", "[" * 5000,
     "[[1,2]," * 2 + "[1,2]]]", "[" + ",".join(["[1,2]"] * 101) + "]", "[[" + "1," * 7000 + "1]]", "\0"],
)  # fmt: skip
def test_what_is_no_signature_is_refused_in_words(client, slot, person, leader, strokes):
    client.force_login(leader)
    answer = client.post(url(slot, person), {"strokes": strokes})
    assert answer.status_code == 422
    assert not Signature.objects.exists()


def test_where_the_organisation_wants_no_signature_there_is_none_to_give(client, slot, person, leader):
    organisation = slot.session.activity.organisation
    organisation.signs_on_screen = False
    organisation.save()
    client.force_login(leader)
    assert client.get(url(slot, person)).status_code == 404
    assert "Signer" not in client.get(reverse("events:attendance", args=[slot.pk])).content.decode()


def test_who_leads_countersigns_a_sheet_that_the_coordination_closed(client, session, slot, leader):
    coordinator = make_coordinator(session.activity.organisation)
    close_sheet(slot=slot, by=coordinator)
    page = reverse("events:attendance", args=[slot.pk])
    client.force_login(coordinator)
    assert "Contresigner</button>" not in client.get(page).content.decode()
    assert "Personne n’a encore contresigné" in client.get(page).content.decode()

    client.force_login(leader)
    assert "Contresigner</button>" in client.get(page).content.decode()
    client.post(reverse("events:countersign", args=[slot.pk]), {"strokes": DRAWN})

    after = client.get(page).content.decode()
    assert "Contresigner</button>" not in after
    assert "Claire Meneuse" in after
    assert path_of(LINES) in after


def test_a_countersignature_that_is_none_or_too_early_is_told(client, slot, leader):
    client.force_login(leader)
    path = reverse("events:countersign", args=[slot.pk])
    assert "pas encore close" in client.post(path, follow=True).content.decode()
    close_sheet(slot=slot, by=make_admin())
    assert "ne se lit pas" in client.post(path, {"strokes": "[[1]]"}, follow=True).content.decode()
    assert "ne se lit pas" in client.post(path, {"strokes": "{"}, follow=True).content.decode()
    assert not Signature.objects.exists()


def test_who_countersigned_by_closing_may_add_a_signature_by_hand(client, slot, leader):
    close_sheet(slot=slot, by=leader)
    client.force_login(leader)
    page = reverse("events:attendance", args=[slot.pk])
    assert "Ajouter ma signature" in client.get(page).content.decode()
    client.post(reverse("events:countersign", args=[slot.pk]), {"strokes": DRAWN})
    assert Signature.objects.get().strokes == LINES
    assert "Ajouter ma signature" not in client.get(page).content.decode()


def test_once_somebody_is_erased_trying_names_does_not_tell_who_typed_theirs(slot, person, leader):
    """The digest stays on the sheet; directories of professionals are public."""
    signed = sign(slot=slot, registration=person, by=leader, typed=person.full_name)
    kept = Signature.objects.get()
    facts = {
        "slot": kept.slot_id,
        "registration": kept.registration_id,
        "at": kept.signed_at.isoformat(),
        "strokes": kept.strokes,
    }
    for at in (signed.signed_at.isoformat(), facts["at"]):
        assert kept.digest != digest({**facts, "at": at, "typed": person.full_name})


def test_a_drawn_signature_is_proved_by_what_is_kept_of_it(slot, person, leader):
    sign(slot=slot, registration=person, by=leader, strokes=LINES, typed=person.full_name)
    kept = Signature.objects.get()
    facts = {"slot": slot.pk, "registration": person.pk, "strokes": LINES, "typed": ""}
    assert kept.digest == digest({**facts, "at": kept.signed_at.isoformat()})
