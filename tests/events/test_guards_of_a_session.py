"""What a session refuses, whoever asks: each rule in its own words, at its own field, and nothing written."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from common.errors import DomainError
from events.domain.activity_settings import save_settings
from events.domain.attendance import mark
from events.domain.bulk_editing import edit_many, plan_edits
from events.domain.copying import copy_season
from events.domain.roles import RoleLine, set_roles
from events.domain.session_agenda import MAX_ITEMS, AgendaLine, set_agenda
from events.domain.session_documents import MAX_DOCUMENTS, DocumentLine, set_documents
from events.domain.session_slots import SlotTimes, stored_times
from events.domain.sessions import cancel_session, publish_session, save_session
from events.models import ActivitySettings, Attendance, AttendanceSheet, JournalEntry, Message, Session
from tests.factories import make_activity, make_registration, make_session

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def everything() -> list[Any]:
    tables = (Session, JournalEntry, Message, ActivitySettings)
    return [list(table.objects.order_by("pk").values()) for table in tables]


def close(session: Session) -> None:
    AttendanceSheet.objects.create(
        slot=session.slots.get(), closed_at=timezone.now(), closed_by=None, content=[], content_hash=""
    )


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("members_first_until", timezone.now() + timedelta(days=60), "Les adhérents passent d’abord"),
        ("overbooking_percent", -1, "La surréservation va de 0 à 100"),
        ("overbooking_percent", 101, "La surréservation va de 0 à 100"),
        ("promotion_cutoff_hours", -1, "La dernière promotion se place de 0 à 720"),
        ("promotion_cutoff_hours", 721, "La dernière promotion se place de 0 à 720"),
        ("offer_hours", 0, "Le délai de réponse va de 1 à 240"),
        ("offer_hours", 241, "Le délai de réponse va de 1 à 240"),
        ("promotion", "au-hasard", "Choisissez comment une place libérée est attribuée"),
        ("professions", ["60", "astrologue"], "Choisissez des professions de la liste"),
    ],
)
def test_a_rule_of_a_session_keeps_within_its_bounds(field: str, value: Any, sentence: str) -> None:
    session = make_session()
    before = everything()
    setattr(session, field, value)
    with pytest.raises(DomainError, match=sentence) as refused:
        save_session(session=session, slots=stored_times(session), by=None)
    assert refused.value.field == field
    assert everything() == before


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("members_first_days", -1, "Le nombre de jours va de 0 à 365"),
        ("members_first_days", 366, "Le nombre de jours va de 0 à 365"),
        ("season_limit", 0, "La limite va de 1 à 100"),
        ("season_limit", 101, "La limite va de 1 à 100"),
        ("delayed_weeks", 0, "De 1 à 52 semaines"),
        ("delayed_weeks", 53, "De 1 à 52 semaines"),
    ],
)
def test_a_setting_of_an_activity_keeps_within_its_bounds(field: str, value: int, sentence: str) -> None:
    settings = ActivitySettings(activity=make_activity(), **{field: value})
    before = everything()
    with pytest.raises(DomainError, match=sentence) as refused:
        save_settings(settings=settings, seen=None, apply_to_coming=False, by=None)
    assert refused.value.field == field
    assert everything() == before


@pytest.mark.parametrize(
    ("slots", "sentence"),
    [
        ([], "Indiquez au moins un créneau"),
        ([(0, 0)], "La fin d’un créneau précède son début"),
        ([(0, 2), (5, 4)], "La fin d’un créneau précède son début"),
    ],
)
def test_a_session_has_slots_that_end_after_they_begin(
    slots: Sequence[tuple[int, int]], sentence: str
) -> None:
    session = make_session()
    before = everything(), stored_times(session)
    wanted = [
        SlotTimes(session.starts_at + start * HOUR, session.starts_at + end * HOUR) for start, end in slots
    ]
    with pytest.raises(DomainError, match=sentence) as refused:
        save_session(session=session, slots=wanted, by=None)
    assert refused.value.field == "slots"
    assert (everything(), stored_times(session)) == before


def test_a_slot_whose_sheet_is_closed_keeps_its_hours() -> None:
    session = make_session()
    close(session)
    [times] = stored_times(session)
    before = everything()
    for wanted in (
        SlotTimes(times.starts_at + HOUR, times.ends_at + HOUR),
        SlotTimes(times.starts_at, times.ends_at + HOUR),
    ):
        with pytest.raises(DomainError, match="dont l’émargement est clos ne change plus d’heure") as refused:
            save_session(session=session, slots=[wanted], by=None)
        assert refused.value.field == "slots"
    assert everything() == before
    assert stored_times(session) == [times]


def test_a_slot_where_somebody_is_noted_is_not_removed() -> None:
    start = timezone.now() - 3 * HOUR
    first, second = SlotTimes(start, start + HOUR), SlotTimes(start + 2 * HOUR, start + 3 * HOUR)
    session = make_session(slots=[first, second])
    registration = make_registration(session)
    noted = session.slots.get(starts_at=second.starts_at)
    mark(slot=noted, marks={registration.pk: Attendance.State.PRESENT}, by=None)
    before = everything()
    with pytest.raises(DomainError, match="Un créneau déjà émargé ne se supprime pas") as refused:
        save_session(session=session, slots=[first], by=None)
    assert refused.value.field == "slots"
    assert everything() == before
    assert noted.attendances.count() == 1


def test_a_cancelled_session_is_not_published_again() -> None:
    session = make_session()
    cancel_session(session=session, reason="Grève", by=None)
    before = everything()
    with pytest.raises(DomainError, match="Cette session est annulée : créez-en une autre"):
        publish_session(session=session, by=None)
    assert everything() == before


@pytest.mark.parametrize("how", ["one sheet", "all of them"])
def test_a_session_of_which_a_sheet_is_closed_is_not_cancelled(how: str) -> None:
    session = make_session()
    make_registration(session)
    if how == "one sheet":
        close(session)
    else:
        Session.objects.filter(pk=session.pk).update(completed_at=timezone.now())
    before = everything()
    with pytest.raises(DomainError, match="cette session ne s’annule plus"):
        cancel_session(session=session, reason="Grève", by=None)
    assert everything() == before


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (range(1, MAX_DOCUMENTS + 2), f"{MAX_DOCUMENTS} documents au plus par session"),
        ([1, 1], "Ce document est déjà joint"),
    ],
)
def test_a_session_hands_out_so_many_documents_each_once(lines: Sequence[int], sentence: str) -> None:
    session = make_session()
    before = everything()
    with pytest.raises(DomainError, match=sentence) as refused:
        set_documents(session=session, lines=[DocumentLine(number) for number in lines], by=None)
    assert refused.value.field == "documents"
    assert everything() == before
    assert not session.documents.exists()


def test_a_documents_shown_title_is_short() -> None:
    session = make_session()
    with pytest.raises(DomainError, match="au plus 120 signes") as refused:
        set_documents(session=session, lines=[DocumentLine(1, "x" * 121)], by=None)
    assert refused.value.field == "documents"
    assert not session.documents.exists()


def test_a_programme_has_so_many_lines_at_most() -> None:
    session = make_session()
    before = everything()
    lines = [AgendaLine(session.starts_at, f"Temps {n}") for n in range(MAX_ITEMS + 1)]
    with pytest.raises(DomainError, match=f"Le programme compte {MAX_ITEMS} temps au plus") as refused:
        set_agenda(session=session, lines=lines, by=None)
    assert refused.value.field == "agenda"
    assert everything() == before
    set_agenda(session=session, lines=lines[:-1], by=None)
    assert session.agenda.count() == MAX_ITEMS


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (
            [
                RoleLine("formation", "Anne", "anne@example.org"),
                RoleLine("formation", "A.", "ANNE@example.org"),
            ],
            "Cette personne a deux fois le même rôle",
        ),
        ([RoleLine("direction", "Anne")], "Ce rôle ne fait pas partie de la liste"),
    ],
)
def test_a_role_is_of_the_list_and_held_once(lines: Sequence[RoleLine], sentence: str) -> None:
    session = make_session()
    before = everything()
    with pytest.raises(DomainError, match=sentence) as refused:
        set_roles(session=session, roles=lines, by=None)
    assert refused.value.field == "roles"
    assert everything() == before
    assert not session.roles.exists()


def test_many_sessions_change_in_something_and_a_hundred_at_most() -> None:
    session = make_session()
    before = everything()
    for sessions, changes, sentence in (
        ([session], {}, "Choisissez au moins une chose à changer"),
        ([session] * 101, {"capacity": 30}, "Choisissez au plus 100 sessions à la fois"),
    ):
        for ask in (plan_edits, lambda **asked: edit_many(**asked, by=None)):
            with pytest.raises(DomainError, match=sentence):
                ask(sessions=sessions, changes=changes)
    assert everything() == before


@pytest.mark.parametrize("name", ["activity", "status", "pk"])
def test_what_many_sessions_cannot_share_is_not_even_asked(name: str) -> None:
    session = make_session()
    before = everything()
    with pytest.raises(ValueError, match="edit_many does not change"):
        edit_many(sessions=[session], changes={name: None}, by=None)
    assert everything() == before


def test_a_season_without_a_date_is_not_copied() -> None:
    with pytest.raises(DomainError, match="Gardez au moins une date"):
        copy_season(copies=[], publish=False, by=None)
    assert not Session.objects.exists()
