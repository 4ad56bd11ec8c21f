"""The screen that corrects a closed sheet: shown, read again, then written."""

import pytest
from django.test import Client
from django.urls import reverse

from certificates.domain import closing
from events.domain.attendance import current_sheet, mark
from events.models import Attendance, AttendanceSheet, Registration, SessionRole
from tests.factories import make_coordinator, make_registration, make_session, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
State = Attendance.State


@pytest.fixture
def closed(past_session, admin):
    slot = past_session.slots.get()
    here = make_registration(past_session, first_name="Camille", last_name="Aubert")
    away = make_registration(past_session, first_name="Dominique", last_name="Blanc")
    mark(slot=slot, marks={here.pk: State.PRESENT, away.pk: State.ABSENT}, by=admin)
    closing.close_sheet(slot=slot, by=admin)
    return slot, here, away


@pytest.fixture
def coordination(closed, client: Client) -> Client:
    client.force_login(make_coordinator(closed[0].session.activity.organisation))
    return client


def address(slot) -> str:
    return reverse("certificates:correct_sheet", args=[slot.pk])


def typed(closed, **changes) -> dict[str, str]:
    _slot, here, away = closed
    return {
        "version": "1",
        f"presence-{here.pk}": "present",
        f"presence-{away.pk}": "absent",
        "reason": "Deux prénoms se ressemblaient.",
    } | changes


def test_the_page_shows_the_sheet_as_it_was_closed(closed, coordination):
    slot, here, _away = closed

    text = coordination.get(address(slot)).text

    assert "Camille Aubert" in text
    assert f'name="presence-{here.pk}"' in text
    assert '<option value="present" selected>Présent·e</option>' in text


def test_minutes_that_cannot_be_say_whose_and_nobody_else_is_asked_for(closed, coordination):
    slot, here, _away = closed
    answer = coordination.post(
        address(slot), typed(closed, **{f"presence-{here.pk}": "late", f"minutes-{here.pk}": "130"})
    )

    assert answer.status_code == 422
    assert "Minutes de Camille Aubert" in answer.text
    assert "Prénom et nom</a>" not in answer.text
    assert "Adresse e-mail</a>" not in answer.text


def test_what_would_change_is_read_again_before_anything_is_written(closed, coordination):
    slot, here, _away = closed
    answer = coordination.post(
        address(slot), typed(closed, **{f"presence-{here.pk}": "late", f"minutes-{here.pk}": "45"})
    )

    assert "Confirmer la correction" in answer.text
    assert "En retard, 45\N{NO-BREAK SPACE}min" in answer.text
    assert "sa durée de présence change" in answer.text
    assert "Dominique Blanc" not in answer.text
    assert AttendanceSheet.objects.count() == 1


def test_what_is_confirmed_is_written_with_its_reason(closed, coordination):
    slot, here, away = closed
    data = typed(closed, confirmer="1", **{f"presence-{here.pk}": "absent", f"presence-{away.pk}": "present"})

    answer = coordination.post(address(slot), data, follow=True)

    sheet = current_sheet(slot)
    assert (sheet.version, sheet.reason) == (2, "Deux prénoms se ressemblaient.")
    assert {line["registration"]: line["state"] for line in sheet.content} == {
        here.pk: "absent",
        away.pk: "present",
    }
    assert "La feuille est corrigée" in answer.text
    assert "Versions de la feuille (2)" in answer.text
    assert "2 personnes corrigées" in answer.text


def test_going_back_loses_nothing_that_was_typed(closed, coordination):
    slot, here, _away = closed
    data = typed(
        closed, modifier="1", reason="Un motif", **{f"presence-{here.pk}": "late", f"minutes-{here.pk}": "45"}
    )

    text = coordination.post(address(slot), data).text

    assert 'value="Un motif"' in text
    assert 'value="45"' in text


def test_somebody_forgotten_is_added(closed, coordination):
    slot, *_ = closed
    newcomer = {"sans-inscription-full_name": "Sacha Oubli", "sans-inscription-email": "sacha@example.org"}

    assert "Sacha Oubli" in coordination.post(address(slot), typed(closed, **newcomer)).text
    coordination.post(address(slot), typed(closed, confirmer="1", **newcomer))

    added = Registration.objects.get(email="sacha@example.org")
    assert {"registration": added.pk, "state": "present"} in current_sheet(slot).content
    assert added.certificates.exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "Rien ne change"),
        ({"reason": ""}, "Dites pourquoi"),
        ({"reason": "x" * 300}, "240"),
        ({"version": "7", "confirmer": "1"}, "quelqu’un d’autre"),
        ({"version": ""}, "Rouvrez"),
        ({"version": '"'}, "Rouvrez"),
        ({"minutes": "500"}, "de 1 à 120"),
        ({"minutes": "0"}, "de 1 à 120"),
        ({"minutes": "1e9"}, "de 1 à 120"),
        ({"presence": "ailleurs"}, "Choisissez une présence"),
        ({"presence": ""}, "Choisissez une présence"),
        ({"sans-inscription-full_name": "Sacha"}, "adresse e-mail"),
        ({"reason": "a\0b", "presence": "late"}, "nul"),
    ],
)
def test_what_cannot_be_is_told_beside_its_field_and_writes_nothing(closed, coordination, changes, sentence):
    slot, here, _away = closed
    for name in ("minutes", "presence"):
        if name in changes:
            changes = {f"presence-{here.pk}": "late"} | changes | {f"{name}-{here.pk}": changes[name]}
    if "version" in changes:
        changes = changes | {f"presence-{here.pk}": "late"}

    answer = coordination.post(address(slot), typed(closed, **changes))

    assert answer.status_code == 422
    assert sentence in answer.text
    assert AttendanceSheet.objects.count() == 1


def test_who_leads_corrects_too_and_a_role_that_ended_does_not(closed, client):
    slot, here, _away = closed
    user = make_user()
    role = SessionRole.objects.create(
        session=slot.session, role=SessionRole.Role.TRAINER, name="Qui forme", user=user
    )
    client.force_login(user)
    data = typed(closed, confirmer="1", **{f"presence-{here.pk}": "excused"})

    assert client.post(address(slot), data).status_code == 302
    role.delete()
    assert client.post(address(slot), data | {"version": "2"}).status_code == 404
    assert current_sheet(slot).version == 2


def test_an_open_sheet_is_marked_and_not_corrected(coordination, closed):
    session = make_session(closed[0].session.activity, days=-1)
    slot = session.slots.get()

    for method in (coordination.get, coordination.post):
        assert method(address(slot)).url == reverse("events:attendance", args=[slot.pk])


def test_a_name_is_text(coordination, closed):
    slot, *_ = closed
    make = {"first_name": "<img src=x>", "last_name": "Zut"}
    Registration.objects.filter(pk=closed[1].pk).update(**make)

    assert "<img src=x>" not in coordination.get(address(slot)).text


def test_the_page_takes_as_many_queries_for_one_person_as_for_three(client, admin, django_assert_num_queries):
    client.force_login(admin)
    for people in (1, 3):
        session = make_session(days=-1)
        slot = session.slots.get()
        for _ in range(people):
            make_registration(session)
        closing.close_sheet(slot=slot, by=admin)
        client.get(address(slot))
        with django_assert_num_queries(9):
            client.get(address(slot))
