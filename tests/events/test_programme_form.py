"""The programme in the session's form: people are named as the same form names them."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from events.domain.roles import RoleLine, set_roles
from events.domain.session_agenda import AgendaLine, set_agenda
from events.models import AgendaItem, Session
from tests import factories
from tests.events.test_admin_sessions import DAY, coordinator, create, errors, form_data, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
TITLES = ("date", "start", "end", "title", "room", "speakers", "description")


def with_programme(activity: Any, *rows: tuple[str, ...], **changes: Any) -> dict[str, Any]:
    data = form_data(activity, **changes) | {"agenda-TOTAL_FORMS": len(rows) + 1}
    for number, row in enumerate(rows):
        data |= {f"agenda-{number}-{name}": value for name, value in zip(TITLES, (DAY, *row), strict=False)}
    return data


@pytest.fixture
def own() -> Any:
    activity = factories.make_activity(title="Colloque")
    return activity, signed_in(coordinator(activity.organisation))


@pytest.fixture
def stored(own: Any) -> Session:
    session = factories.make_session(own[0])
    roles = [
        RoleLine("intervention", "Une patiente", "", "", "Aucun."),
        RoleLine("moderation", "Un pharmacien"),
    ]
    set_roles(session=session, roles=roles, by=None)
    lines = [AgendaLine(session.starts_at, "Débat", session.ends_at, "Salle 1", "", (0, 1))]
    set_agenda(session=session, lines=lines, by=None)
    return Session.objects.get(pk=session.pk)


def shown(client: Client, session: Session) -> dict[str, Any]:
    """What a browser would send back from the form as it is shown."""
    form = client.get(reverse("sessions:edit", args=[session.pk])).context["form"]
    data: dict[str, Any] = {"version": session.version, "activity": session.activity_id}
    for name in ("title", "modality", "place_name", "city", "capacity"):
        data[name] = getattr(session, name)
    data |= {"overbooking_percent": 0, "waiting_list": "on"}
    for rows in (form.slots, form.roles, form.agenda, form.documents):
        data |= {
            f"{rows.prefix}-TOTAL_FORMS": rows.total_form_count(),
            f"{rows.prefix}-INITIAL_FORMS": rows.initial_form_count(),
        }
        for row in rows:
            for field in row:
                value = field.field.widget.format_value(field.value())
                if value not in (None, "", False, "False"):
                    data[field.html_name] = value[0] if isinstance(value, list) else value
    return data


def save(client: Client, session: Session, data: dict[str, Any]) -> Any:
    return client.post(reverse("sessions:edit", args=[session.pk]), data)


def names(session: Session) -> list[str]:
    return [role.name for role in session.agenda.get().roles.all()]


def test_a_new_session_comes_with_its_programme(own: Any) -> None:
    activity, client = own
    roles = [("intervention", "Une patiente", ""), ("moderation", "Un pharmacien", "")]
    row = ("19:00", "20:00", "Débat", "Auditorium", "un  PHARMACIEN ; Une patiente", "Un récit.")
    assert create(client, with_programme(activity, row, roles=roles)).status_code == 302
    item = AgendaItem.objects.get()
    assert (item.title, item.room, item.description) == ("Débat", "Auditorium", "Un récit.")
    assert names(item.session) == ["Une patiente", "Un pharmacien"]


def test_a_name_that_nobody_bears_is_said_beside_its_field_and_nothing_is_lost(own: Any) -> None:
    activity, client = own
    row = ("19:00", "", "Débat", "", "Une inconnue", "")
    page = errors(create(client, with_programme(activity, row)))
    assert "n’est pas parmi les personnes" in page
    assert 'value="Une inconnue"' in page
    assert 'value="Débat"' in page
    assert not Session.objects.exists()


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (("20:00", "19:00", "Débat"), "La fin précède le début."),
        (("20:00", "", ""), "Indiquez un intitulé."),
        (("25:99", "", "Débat"), "Indiquez une heure"),
        (("", "", "Débat"), "Indiquez l’heure de début."),
        (("20:00", "", "D" * 161), "160"),
    ],
)
def test_a_wrong_row_is_explained(own: Any, row: tuple[str, ...], words: str) -> None:
    activity, client = own
    assert words in errors(create(client, with_programme(activity, row)))


def test_a_time_outside_the_sessions_days_is_refused_by_name(own: Any) -> None:
    activity, client = own
    data = with_programme(activity, ("19:00", "", "Débat")) | {"agenda-0-date": "2028-03-14"}
    assert "en dehors des jours" in errors(create(client, data))
    assert not Session.objects.exists()


def test_the_form_sent_back_as_it_was_shown_changes_nothing(own: Any, stored: Session) -> None:
    _activity, client = own
    assert save(client, stored, shown(client, stored)).status_code == 302
    assert Session.objects.get(pk=stored.pk).version == stored.version
    assert names(stored) == ["Une patiente", "Un pharmacien"]


def test_removing_somebody_takes_them_out_of_the_programme(own: Any, stored: Session) -> None:
    _activity, client = own
    data = shown(client, stored) | {"roles-0-DELETE": "on"}
    assert save(client, stored, data).status_code == 302
    assert names(stored) == ["Un pharmacien"]


def test_renaming_somebody_renames_them_in_the_programme(own: Any, stored: Session) -> None:
    _activity, client = own
    data = shown(client, stored) | {"roles-0-name": "Une patiente partenaire"}
    assert save(client, stored, data).status_code == 302
    assert names(stored) == ["Une patiente partenaire", "Un pharmacien"]


def test_somebody_else_saved_a_programme_meanwhile(own: Any, stored: Session) -> None:
    _activity, client = own
    data = shown(client, stored)
    set_agenda(session=stored, lines=[AgendaLine(stored.starts_at, "Leur débat")], by=None)
    response = save(client, stored, data | {"agenda-0-title": "Mon débat"})
    assert response.status_code == 409
    assert 'value="Mon débat"' in response.text
    assert "Leur débat" in response.text
    assert stored.agenda.get().title == "Leur débat"
