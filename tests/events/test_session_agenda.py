"""The programme of a session: written with it, moved with it, copied with it."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from common.errors import DomainError
from common.versions import StaleError
from events.domain.bulk_editing import edit_many
from events.domain.copying import copy_session
from events.domain.roles import RoleLine, set_roles
from events.domain.session_agenda import AgendaLine, set_agenda, stored_agenda
from events.domain.session_slots import SlotTimes, stored_times
from events.domain.sessions import edit_session, save_session
from events.models import AgendaItem, JournalEntry, Session, SessionRole
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.today(2027, 1, 20, 12)]
PARIS = ZoneInfo("Europe/Paris")
DAY = date(2027, 3, 19)  # a Friday, nine days before the clock changes
SPEAKER, MODERATOR = SessionRole.Role.SPEAKER, SessionRole.Role.MODERATOR
PEOPLE = (
    RoleLine(SPEAKER, "Une patiente", "", "Partenaire", "Aucun."),
    RoleLine(MODERATOR, "Un pharmacien", "", "Caen", "Actionnaire."),
)


def at(clock: str, day: date = DAY) -> datetime:
    return datetime.combine(day, datetime.strptime(clock, "%H:%M").time(), PARIS)


def line(start: str, end: str = "", title: str = "Table ronde", *who: int, day: date = DAY) -> AgendaLine:
    return AgendaLine(at(start, day), title, at(end, day) if end else None, "Auditorium", "", who)


@pytest.fixture
def session() -> Session:
    made = factories.make_session(slots=[SlotTimes(at("09:00"), at("17:00"))])
    set_roles(session=made, roles=PEOPLE, by=None)
    set_agenda(
        session=made, lines=[line("11:00", "12:00", "Débat", 0, 1), line("09:00", "", "Accueil")], by=None
    )
    return Session.objects.get(pk=made.pk)


def edit(session: Session, slots: list[SlotTimes], **given: Any) -> Session:
    fresh = Session.objects.get(pk=session.pk)
    return edit_session(session=fresh, slots=slots, **({"roles": PEOPLE, "seen": None, "by": None} | given))


def said(session: Session) -> list[tuple[str, str, list[str]]]:
    return [
        (f"{item.starts_at.astimezone(PARIS):%d/%m %H:%M}", item.title, [r.name for r in item.roles.all()])
        for item in AgendaItem.objects.filter(session=session)
    ]


def test_the_programme_is_kept_in_order_of_time_with_its_people(session: Session) -> None:
    assert said(session) == [
        ("19/03 09:00", "Accueil", []),
        ("19/03 11:00", "Débat", ["Une patiente", "Un pharmacien"]),
    ]


def test_a_changed_programme_raises_the_version_and_leaves_a_line_without_a_name(session: Session) -> None:
    edit(session, stored_times(session), agenda=[line("10:00", title="Camille Martin parle")])
    after = Session.objects.get(pk=session.pk)
    assert after.version == session.version + 1
    entry = JournalEntry.objects.filter(action="escale.edit").latest("pk")
    assert set(entry.data) == {"agenda"}
    assert "Camille" not in str(entry.data)


def test_a_programme_saved_as_it_stands_changes_nothing(session: Session) -> None:
    edit(session, stored_times(session), agenda=stored_agenda(session))
    assert Session.objects.get(pk=session.pk).version == session.version


def test_an_edit_that_does_not_speak_of_the_programme_leaves_it(session: Session) -> None:
    before = said(session)
    edit(session, stored_times(session))
    assert said(session) == before


def test_whoever_edited_without_seeing_the_programme_is_warned(session: Session) -> None:
    seen = session.version
    edit(session, stored_times(session), agenda=[line("10:00")], seen=seen)
    with pytest.raises(StaleError):
        edit(session, stored_times(session), agenda=[], seen=seen)
    assert AgendaItem.objects.count() == 1


def test_somebody_who_no_longer_comes_is_no_longer_named(session: Session) -> None:
    set_roles(session=session, roles=PEOPLE[1:], by=None)
    assert said(session)[1] == ("19/03 11:00", "Débat", ["Un pharmacien"])


def test_another_order_of_people_names_the_same_ones(session: Session) -> None:
    set_roles(session=session, roles=PEOPLE[::-1], by=None)
    assert {name for _when, _title, names in said(session) for name in names} == {
        "Une patiente",
        "Un pharmacien",
    }


def test_editing_many_sessions_keeps_what_people_disclosed(session: Session) -> None:
    edit_many(sessions=[session], changes={"roles": [RoleLine(SPEAKER, "Une patiente")]}, by=None)
    role = session.roles.get()
    assert (role.presentation, role.disclosure) == ("Partenaire", "Aucun.")
    assert said(session)[1] == ("19/03 11:00", "Débat", ["Une patiente"])


def test_a_session_moved_beyond_the_clock_change_keeps_its_hours(session: Session) -> None:
    later = DAY + timedelta(days=14)
    edit(session, [SlotTimes(at("09:00", later), at("17:00", later))], agenda=stored_agenda(session))
    assert [when for when, _title, _names in said(session)] == ["02/04 09:00", "02/04 11:00"]


def test_it_moves_too_when_nobody_was_shown_the_programme(session: Session) -> None:
    later = DAY + timedelta(days=14)
    save_session(session=session, slots=[SlotTimes(at("10:00", later), at("18:00", later))], by=None)
    assert [when for when, _title, _names in said(session)] == ["02/04 10:00", "02/04 12:00"]


def test_a_session_that_begins_earlier_keeps_the_hours_of_its_programme(session: Session) -> None:
    edit(session, [SlotTimes(at("08:30"), at("17:00"))], agenda=stored_agenda(session))
    assert [when for when, _title, _names in said(session)] == ["19/03 09:00", "19/03 11:00"]


def test_lines_typed_for_the_new_day_stand_as_typed(session: Session) -> None:
    later = DAY + timedelta(days=7)
    lines = [stored_agenda(session)[0], line("15:00", title="Ajouté", day=later)]
    edit(session, [SlotTimes(at("09:00", later), at("17:00", later))], agenda=lines)
    assert [when for when, _title, _names in said(session)] == ["26/03 09:00", "26/03 15:00"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (line("10:00", day=DAY + timedelta(days=1)), "en dehors des jours"),
        (line("10:00", "10:00"), "la fin précède le début"),
        (line("10:00", "", " "), "Donnez un intitulé"),
        (line("10:00", "", "x" * 161), "trop long"),
        (line("10:00", "", "Débat", 2), "n’est pas de la session"),
    ],
)
def test_a_line_that_cannot_stand_saves_nothing_of_the_edit(
    session: Session, wrong: AgendaLine, words: str
) -> None:
    fresh = Session.objects.get(pk=session.pk)
    fresh.title = "Autre titre"
    with pytest.raises(DomainError, match=words) as refused:
        edit_session(
            session=fresh, slots=stored_times(fresh), roles=PEOPLE, agenda=[wrong], seen=None, by=None
        )
    assert refused.value.field == "agenda"
    stored = Session.objects.get(pk=session.pk)
    assert stored.title == session.title
    assert len(said(stored)) == 2


def test_a_copy_takes_programme_people_and_what_to_bring(session: Session) -> None:
    Session.objects.filter(pk=session.pk).update(to_bring="Une gourde")
    copy = copy_session(session=Session.objects.get(pk=session.pk), day=DAY + timedelta(days=14), by=None)
    assert copy.to_bring == "Une gourde"
    assert [role.disclosure for role in copy.roles.all()] == ["Aucun.", "Actionnaire."]
    assert said(copy) == [
        ("02/04 09:00", "Accueil", []),
        ("02/04 11:00", "Débat", ["Une patiente", "Un pharmacien"]),
    ]
    assert len(said(session)) == 2
