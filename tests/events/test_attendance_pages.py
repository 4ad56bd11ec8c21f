"""The sheet on a phone: who may open it, what its buttons do, what it shows."""

import pytest
from django.urls import reverse

from events.domain.attendance import close_sheet
from events.domain.names import two_names
from events.domain.registration import register
from events.models import Attendance, Registration, Session, SessionRole
from tests.factories import (
    make_coordinator,
    make_organisation,
    make_person,
    make_registration,
    make_session,
    make_user,
)

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
State = Attendance.State


@pytest.fixture
def session() -> Session:
    return make_session(days=-1, capacity=3)


@pytest.fixture
def slot(session):
    return session.slots.get()


@pytest.fixture
def coordinator(session):
    return make_coordinator(session.activity.organisation, first_name="Jeanne", last_name="Hachette")


def path(name: str, slot) -> str:
    return reverse(f"events:{name}", args=[slot.pk])


def waiting(session: Session) -> Registration:
    """Somebody on the waiting list of a session that is now past."""
    other = make_session(session.activity, capacity=1)
    make_registration(other)
    registration = register(session=other, person=make_person()).registration
    Registration.objects.filter(pk=registration.pk).update(session=session)
    Session.objects.filter(pk=other.pk).update(waiting=0)
    Session.objects.filter(pk=session.pk).update(waiting=1)
    registration.refresh_from_db()
    return registration


@pytest.mark.parametrize("role", [SessionRole.Role.FACILITATOR, SessionRole.Role.TRAINER])
def test_who_leads_the_session_opens_its_sheet(client, session, slot, role):
    leader = make_user()
    SessionRole.objects.create(session=session, role=role, name="Une sophrologue", user=leader)
    client.force_login(leader)

    assert client.get(path("attendance", slot)).status_code == 200


@pytest.mark.parametrize("who", ["foreign", "anybody", "speaker"])
@pytest.mark.parametrize("name", ["attendance", "mark", "walk_in"])
def test_nobody_else_sees_or_touches_the_sheet(client, session, slot, who, name):
    person = make_registration(session)
    user = make_coordinator(make_organisation()) if who == "foreign" else make_user()
    if who == "speaker":
        SessionRole.objects.create(session=session, role=SessionRole.Role.SPEAKER, name="X", user=user)
    client.force_login(user)

    method = client.get if name == "attendance" else client.post
    assert method(path(name, slot), {f"presence-{person.pk}": "present"}).status_code == 404
    assert not Attendance.objects.exists()


@pytest.mark.parametrize("name", ["attendance", "mark", "walk_in"])
def test_somebody_who_is_not_signed_in_is_sent_to_sign_in(client, slot, name):
    method = client.get if name == "attendance" else client.post

    response = method(path(name, slot))
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


def test_a_sheet_leads_back_to_its_session(client, session, slot, coordinator):
    client.force_login(coordinator)
    assert f'href="/animation/{session.pk}/"' in client.get(path("attendance", slot)).text


def test_marks_are_saved_and_shown(client, session, slot, coordinator):
    one, two = make_registration(session), make_registration(session)
    client.force_login(coordinator)

    response = client.post(path("mark", slot), {f"presence-{one.pk}": "late"}, follow=True)

    page = response.content.decode()
    assert Attendance.objects.get().state == State.LATE
    assert "C’est noté." in page
    assert "<span data-count>1</span> sur 2." in page
    assert two.last_name in page


def test_everybody_is_here_leaves_existing_and_posted_marks_alone(client, session, slot, coordinator):
    one, two, three = (make_registration(session) for _ in range(3))
    client.force_login(coordinator)
    client.post(path("mark", slot), {f"presence-{one.pk}": "excused"})

    client.post(path("mark", slot), {f"presence-{two.pk}": "late", "tous": "1"})

    assert dict(Attendance.objects.values_list("registration", "state")) == {
        one.pk: State.EXCUSED,
        two.pk: State.LATE,
        three.pk: State.PRESENT,
    }


@pytest.mark.parametrize("state", ["ailleurs", "\0", "x" * 10_000])
def test_a_state_that_does_not_exist_is_refused_in_french(client, session, slot, coordinator, state):
    person = make_registration(session)
    client.force_login(coordinator)

    response = client.post(path("mark", slot), {f"presence-{person.pk}": state})
    assert response.status_code == 422
    assert "Choisissez une présence dans la liste." in response.content.decode()


def test_somebody_elses_registration_in_the_form_changes_nothing(client, session, slot, coordinator):
    elsewhere = make_registration(make_session(days=-1))
    client.force_login(coordinator)

    client.post(path("mark", slot), {f"presence-{elsewhere.pk}": "present"})
    assert not Attendance.objects.exists()


def test_a_walk_in_is_added_without_losing_the_marks(client, session, slot, coordinator):
    person = make_registration(session)
    client.force_login(coordinator)
    newcomer = {
        "sans-inscription-full_name": "Zoé de l’Arrivée",
        "sans-inscription-email": "zoe@example.org",
    }

    client.post(path("walk_in", slot), {f"presence-{person.pk}": "late", **newcomer})

    came = Registration.objects.get(email="zoe@example.org")
    assert (came.first_name, came.last_name, came.profession) == ("Zoé", "de l’Arrivée", "")
    assert dict(Attendance.objects.values_list("registration", "state")) == {
        person.pk: State.LATE,
        came.pk: State.PRESENT,
    }


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("full_name", "", "Indiquez son prénom et son nom."),
        ("full_name", "Zoé", "Indiquez le prénom, puis le nom."),
        ("full_name", "Zoé " + "x" * 10_000, "dépasse 80 caractères"),
        ("email", "pas une adresse", "ne semble pas valable"),
        ("email", "zoe@example.org\0", "ne semble pas valable"),
        ("profession", "sorcier", "Choisissez une profession de la liste."),
    ],
)
@pytest.mark.parametrize("name", ["walk_in", "mark"])
def test_a_bad_walk_in_gets_a_sentence_and_loses_nothing(
    client, slot, coordinator, name, field, value, sentence
):
    client.force_login(coordinator)
    typed = {"full_name": "Zoé Arrivée", "email": "zoe@example.org", "profession": "60"}
    typed[field] = value

    response = client.post(path(name, slot), {f"sans-inscription-{key}": text for key, text in typed.items()})

    page = response.content.decode()
    assert response.status_code == 422
    assert sentence in page
    assert "Zoé" in page or "zoe@" in page
    assert not Registration.objects.exists()


def test_an_empty_walk_in_asked_for_says_what_is_missing(client, slot, coordinator):
    client.force_login(coordinator)

    response = client.post(path("walk_in", slot))
    assert response.status_code == 422
    for sentence in ("Indiquez son prénom et son nom.", "Indiquez son adresse"):
        assert sentence in response.content.decode()


def test_somebody_who_waited_and_came_is_confirmed_and_present(client, session, slot, coordinator):
    person = waiting(session)
    client.force_login(coordinator)
    assert "En attente (1)" in client.get(path("attendance", slot)).content.decode()

    for _twice in range(2):
        client.post(path("walk_in", slot), {"registration": person.pk})

    person.refresh_from_db()
    session.refresh_from_db()
    assert person.state == Registration.State.CONFIRMED
    assert (session.waiting, session.seats_taken) == (0, 1)
    assert Attendance.objects.get().state == State.PRESENT


@pytest.mark.parametrize("raw", ["0", "abc", "9" * 40, "\0", "²"])
def test_a_waiting_person_that_does_not_exist_is_a_404(client, slot, coordinator, raw):
    client.force_login(coordinator)

    assert client.post(path("walk_in", slot), {"registration": raw}).status_code == 404


def test_a_waiting_person_of_another_session_is_a_404(client, slot, coordinator):
    person = make_registration(make_session(days=-1))
    client.force_login(coordinator)

    assert client.post(path("walk_in", slot), {"registration": person.pk}).status_code == 404


def test_closing_from_the_sheet_saves_the_marks_then_asks(client, session, slot, coordinator):
    here, unmarked = make_registration(session), make_registration(session)
    client.force_login(coordinator)

    response = client.post(path("mark", slot), {f"presence-{here.pk}": "present", "clore": "1"}, follow=True)

    page = response.content.decode()
    assert response.redirect_chain == [(reverse("certificates:close_sheet", args=[slot.pk]), 302)]
    assert "définitif" in page
    assert unmarked.full_name in page
    assert not slot.sheets.exists()
    client.post(reverse("certificates:close_sheet", args=[slot.pk]))
    assert slot.sheets.get().closed_by == coordinator


def test_a_closed_sheet_is_read_only_and_says_who_when_and_its_fingerprint(
    client, session, slot, coordinator
):
    person = make_registration(session)
    sheet = close_sheet(slot=slot, by=coordinator)
    client.force_login(coordinator)

    page = client.get(path("attendance", slot)).content.decode()
    assert "Feuille close" in page
    assert "Jeanne Hachette" in page
    assert sheet.content_hash[:12] in page
    assert "Cette version reste telle quelle" in page
    assert "ne change plus" not in page, "it may be corrected, as the same page says"
    assert "presence-" not in page.split("<main")[1].split("</main")[0]
    late = client.post(path("mark", slot), {f"presence-{person.pk}": "present"}, follow=True)
    assert "déjà close" in late.content.decode()


def test_closing_a_closed_sheet_again_tells_it_and_changes_nothing(client, slot, coordinator):
    close_sheet(slot=slot, by=coordinator)
    client.force_login(coordinator)
    url = reverse("certificates:close_sheet", args=[slot.pk])

    assert client.get(url).status_code == 302
    assert "déjà close" in client.post(url, follow=True).content.decode()
    assert slot.sheets.count() == 1


def test_before_the_day_the_page_lists_people_and_takes_nothing(client):
    session = make_session(days=2)
    person, slot = make_registration(session), session.slots.get()
    client.force_login(make_coordinator(session.activity.organisation))

    page = client.get(path("attendance", slot)).content.decode()
    assert "ouvre le jour même" in page
    assert person.full_name in page
    assert "<button" not in page.split("<main")[1].split("</main")[0]
    refused = client.post(path("mark", slot), {f"presence-{person.pk}": "present"}, follow=True)
    assert "ouvre le jour même" in refused.content.decode()
    assert not Attendance.objects.exists()


def test_the_sheet_shows_names_and_professions_and_nothing_more(client, session, slot, coordinator):
    person = make_registration(session, rpps="10003456789", civility="mme", is_member=True)
    client.force_login(coordinator)

    page = client.get(path("attendance", slot)).content.decode().split("<main")[1]
    assert person.full_name in page
    assert "Infirmier·ère" in page
    for secret in (person.email, "10003456789", "Madame"):
        assert secret not in page


def test_the_sheet_takes_as_many_queries_for_three_people_as_for_one(
    client, session, slot, coordinator, django_assert_num_queries
):
    client.force_login(coordinator)
    make_registration(session)
    client.get(path("attendance", slot))
    with django_assert_num_queries(10):
        client.get(path("attendance", slot))
    make_registration(session)
    make_registration(session)
    with django_assert_num_queries(10):
        client.get(path("attendance", slot))


def test_opening_the_sheet_changes_nothing_and_marking_needs_a_post(client, slot, coordinator):
    client.force_login(coordinator)

    assert client.get(path("mark", slot)).status_code == 405
    assert client.get(path("walk_in", slot)).status_code == 405
    assert client.post(path("attendance", slot)).status_code == 405


def test_minutes_are_noted_for_who_came_late_and_refused_beyond_the_slot(client, session, slot, coordinator):
    person = make_registration(session)
    client.force_login(coordinator)
    late = {f"presence-{person.pk}": "late"}

    client.post(path("mark", slot), {**late, f"minutes-{person.pk}": "45"})
    assert Attendance.objects.values_list("state", "minutes").get() == (State.LATE, 45)
    for wrong in ("121", "0", "-1", "abc", "9" * 40, "\0"):
        refused = client.post(path("mark", slot), {**late, f"minutes-{person.pk}": wrong})
        assert refused.status_code == 422, wrong
        assert "vont de 1 à 120" in refused.content.decode()
    client.post(path("mark", slot), {f"presence-{person.pk}": "present", f"minutes-{person.pk}": "45"})
    assert Attendance.objects.values_list("state", "minutes").get() == (State.PRESENT, None)


def test_a_page_opened_before_somebody_else_noted_overwrites_nothing(client, session, slot, coordinator):
    one, two = make_registration(session), make_registration(session)
    client.force_login(coordinator)
    client.post(path("mark", slot), {f"presence-{one.pk}": "absent"})

    old = {f"vu-{one.pk}": "", f"presence-{one.pk}": "present", f"presence-{two.pk}": "present"}
    page = client.post(path("mark", slot), old, follow=True).content.decode()

    assert dict(Attendance.objects.values_list("registration", "state")) == {
        one.pk: State.ABSENT,
        two.pk: State.PRESENT,
    }
    assert "« Absent·e » a été noté entre-temps" in page


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("Zoé Arrivée", ("Zoé", "Arrivée")),
        ("  Jean-Paul   de La Tour ", ("Jean-Paul", "de La Tour")),
        ("DUPONT Marie Anne", ("Marie Anne", "DUPONT")),
        ("Marie DE LA TOUR", ("Marie", "DE LA TOUR")),
        ("MARIE DUPONT", ("MARIE", "DUPONT")),
    ],
)
def test_a_name_in_one_field_becomes_two(typed, names):
    assert two_names(typed) == names
