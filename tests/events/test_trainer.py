"""The trainer's space: own sessions, own attendees, nobody else's."""

import csv
import io
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from pypdf import PdfReader
from wagtail import hooks

from events.domain.attendance import close_sheet, countersign
from events.domain.led import LedLink
from events.domain.paper import read_entry
from events.domain.registration import withdraw
from events.domain.roster import on_paper
from events.domain.sessions import SlotTimes
from events.models import Attendance, JournalEntry, Session, SessionRole
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]


@pytest.fixture
def session() -> Session:
    return factories.make_session(title="Sophrologie et Cie")


def lead(session: Session, role: str = SessionRole.Role.TRAINER) -> tuple[Client, SessionRole]:
    user = factories.make_user()
    role_row = SessionRole.objects.create(session=session, role=role, name="Une formatrice", user=user)
    client = Client()
    client.force_login(user)
    return client, role_row


def url(name: str, session: Session) -> str:
    return reverse(f"events:{name}", args=[session.pk])


EXPORTS = ["attendees", "attendees_csv", "attendees_xlsx", "attendees_pdf", "sheets_pdf"]


def read(response: Any) -> bytes:
    return b"".join(response) if response.streaming else response.content


def test_a_trainer_sees_own_sessions_and_no_other(session: Session) -> None:
    other = factories.make_session(title="Une autre session")
    client, _ = lead(session)
    page = client.get(reverse("events:led_sessions")).content.decode()
    assert "Sophrologie et Cie" in page
    assert other.title not in page


def test_somebody_who_leads_nothing_is_told_so() -> None:
    client = Client()
    client.force_login(factories.make_user())
    assert "Aucune session ne vous est confiée" in client.get(reverse("events:led_sessions")).content.decode()


def test_a_draft_is_not_shown_to_its_trainer(session: Session) -> None:
    client, _ = lead(factories.make_session(status=Session.Status.DRAFT, title="Brouillon secret"))
    assert "Brouillon secret" not in client.get(reverse("events:led_sessions")).content.decode()


def test_the_attendees_page_names_people_and_counts_states(session: Session) -> None:
    factories.make_registration(
        session, first_name="Zoé", last_name="Durand", email="zoe@example.org", rpps="10001234567"
    )
    factories.make_registration(session)
    gone = factories.make_registration(session, last_name="Partie")
    withdraw(registration=gone)
    client, _ = lead(session)
    page = client.get(url("attendees", session)).content.decode()
    assert "Durand" in page
    assert "Zoé" in page
    assert "Infirmier·ère" in page
    assert "Confirmées : 2" in page
    assert "Désistée : 1" in page
    assert "Partie" not in page
    assert "Présence" not in page
    assert "zoe@example.org" not in page
    assert "10001234567" not in page
    assert reverse("events:attendance", args=[session.slots.get().pk]) in page


def test_the_csv_has_the_fewest_columns_and_the_attendance(session: Session) -> None:
    one = factories.make_registration(session, first_name="Zoé", last_name="=1+1")
    Attendance.objects.create(
        registration=one, slot=session.slots.get(), state=Attendance.State.PRESENT, marked_at=timezone.now()
    )
    client, _ = lead(session)
    response = client.get(url("attendees_csv", session))
    data = read(response)
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert [heading.split(",")[0] for heading in rows[0]] == ["Nom", "Prénom", "Profession", "Présence"]
    assert rows[1] == ["'=1+1", "Zoé", "Infirmier·ère", "Présent·e"]
    assert one.email.encode() not in data
    assert "personnes-attendues-sophrologie-et-cie" in response["Content-Disposition"]
    assert "no-store" in response["Cache-Control"]


def test_the_workbook_says_the_same(session: Session) -> None:
    factories.make_registration(session, first_name="Zoé", last_name="=1+1")
    client, _ = lead(session)
    sheet = load_workbook(io.BytesIO(read(client.get(url("attendees_xlsx", session))))).active
    assert sheet["A2"].value == "=1+1"
    assert sheet["A2"].data_type == "s"
    assert sheet["B2"].value == "Zoé"


@pytest.mark.parametrize("name", ["attendees_csv", "attendees_xlsx", "attendees_pdf"])
def test_each_export_is_logged_with_its_author_and_no_name(session: Session, name: str) -> None:
    factories.make_registration(session, last_name="Confidentielle")
    client, role = lead(session)
    read(client.get(url(name, session)))
    entry = JournalEntry.objects.get(action="escale.export")
    assert entry.user == role.user
    assert entry.session_id == session.pk
    assert entry.data == {
        "what": "attendees",
        "file_type": name.removeprefix("attendees_"),
        "columns": ["last_name", "first_name", "profession"],
        "rows": 1,
    }


@pytest.mark.parametrize("name", EXPORTS)
def test_a_coordinator_of_the_organisation_has_the_same_lists(session: Session, name: str) -> None:
    factories.make_registration(session)
    client = Client()
    client.force_login(factories.make_coordinator(session.activity.organisation))
    response = client.get(url(name, session))
    assert response.status_code == 200
    read(response)


@pytest.mark.parametrize("name", EXPORTS)
def test_for_anybody_else_the_lists_do_not_exist(session: Session, name: str) -> None:
    stranger = factories.make_coordinator(factories.make_organisation())
    speaker, _ = lead(session, role=SessionRole.Role.SPEAKER)
    client = Client()
    client.force_login(stranger)
    assert client.get(url(name, session)).status_code == 404
    assert speaker.get(url(name, session)).status_code == 404


def test_an_empty_list_is_not_a_file_but_a_sentence(session: Session) -> None:
    client, _ = lead(session)
    page = client.get(url("attendees_xlsx", session), follow=True)
    assert "rien à exporter" in page.text


@pytest.mark.parametrize("name", EXPORTS)
def test_access_ends_with_the_role(session: Session, name: str) -> None:
    factories.make_registration(session)
    client, role = lead(session)
    response = client.get(url(name, session))
    assert response.status_code == 200
    read(response)
    role.delete()
    assert client.get(url(name, session)).status_code == 404


@pytest.mark.parametrize("name", [*EXPORTS, "led_sessions"])
def test_an_anonymous_visitor_is_asked_to_sign_in(session: Session, name: str) -> None:
    target = reverse("events:led_sessions") if name == "led_sessions" else url(name, session)
    response = Client().get(target)
    assert response.status_code == 302
    assert response["Location"].startswith("/compte/login/")


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_of_sessions_costs_the_same_for_one_and_for_three(
    number: int, django_assert_num_queries: Any
) -> None:
    client, role = lead(factories.make_session())
    sessions = [role.session]
    sessions += [factories.make_session() for _ in range(number - 1)]
    sessions += [factories.make_session(days=-2) for _ in range(number)]
    for each in sessions[1:]:
        SessionRole.objects.create(session=each, role=SessionRole.Role.TRAINER, name="x", user=role.user)
    for each in sessions[number:]:
        factories.make_registration(each)
    assert client.get(reverse("events:led_sessions")).text.count("Feuille à clore") == number
    with django_assert_num_queries(7):
        client.get(reverse("events:led_sessions"))


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_of_attendees_costs_the_same_for_one_and_for_three(
    session: Session, number: int, django_assert_num_queries: Any
) -> None:
    client, _ = lead(session)
    for _ in range(number):
        factories.make_registration(session)
    client.get(url("attendees", session))
    with django_assert_num_queries(9):
        client.get(url("attendees", session))


def past_session(**fields: Any) -> Session:
    """Over, with somebody confirmed: its sheet is still to close."""
    session = factories.make_session(days=-2, title="Passée et ouverte", **fields)
    factories.make_registration(session)
    return session


def home(client: Client) -> str:
    return client.get(reverse("events:led_sessions")).text


def test_what_waits_is_said_first_until_it_is_done() -> None:
    session = past_session()
    client, role = lead(session)
    assert "Feuille à clore" in home(client)
    assert "Feuille à clore" in client.get(url("attendees", session)).text
    sheet = close_sheet(slot=session.slots.get(), by=factories.make_admin())
    assert "À contresigner" in home(client)
    assert "À contresigner" in client.get(url("attendees", session)).text
    countersign(sheet=sheet, user=role.user)
    assert "À faire" not in home(client)
    assert "Feuille close" in client.get(url("attendees", session)).text


def test_nothing_waits_in_a_session_of_somebody_else_nor_where_nobody_came() -> None:
    past_session()
    client, _ = lead(factories.make_session(days=-2))
    assert "À faire" not in home(client)


def test_nothing_waits_before_the_day_nor_in_a_cancelled_session() -> None:
    session = past_session()
    client, _ = lead(session)
    Session.objects.filter(pk=session.pk).update(status=Session.Status.CANCELLED)
    assert "À faire" not in home(client)
    coming = factories.make_session(days=3)
    factories.make_registration(coming)
    client, _ = lead(coming)
    assert "À faire" not in home(client)


def test_all_the_sheets_are_one_file_and_each_half_day_has_its_own() -> None:
    start = timezone.now() + timedelta(days=5)
    slots = [SlotTimes(start + timedelta(hours=5 * n), start + timedelta(hours=5 * n + 3)) for n in (0, 1)]
    session = factories.make_session(slots=slots, title="Deux demi-journées")
    factories.make_registration(session, last_name="Durand")
    client, _ = lead(session)
    whole = PdfReader(io.BytesIO(read(client.get(url("sheets_pdf", session)))))
    assert len(whole.pages) == 2
    assert all("Durand" in page.extract_text() for page in whole.pages)
    one = read(client.get(reverse("events:sheet_pdf", args=[session.slots.first().pk])))
    assert len(PdfReader(io.BytesIO(one)).pages) == 1
    entries = JournalEntry.objects.filter(action="escale.export").order_by("pk")
    assert [(each.data["what"], each.data["rows"]) for each in entries] == [("sign_in_sheet", 1)] * 2


def test_the_printed_numbers_are_those_that_quick_entry_reads() -> None:
    session = factories.make_session()
    for name in ("Élodie", "aubert", "Zola", "Diallo"):
        factories.make_registration(session, last_name=name)
    client, _ = lead(session)
    [page] = PdfReader(io.BytesIO(read(client.get(url("sheets_pdf", session))))).pages
    printed = [
        (int(number), name)
        for number, name in re.findall(r"^(\d)\s+(\S+) Camille", page.extract_text(), re.M)
    ]
    assert printed == [(n, each.last_name) for n, each in enumerate(on_paper(session=session), 1)]
    assert [each.last_name for each in read_entry(slot=session.slots.get(), signed="1, 4").signed] == [
        dict(printed)[1],
        dict(printed)[4],
    ]


def test_each_organisations_trainer_sees_own_people_and_nothing_of_the_other() -> None:
    ours, theirs = past_session(), past_session()
    Session.objects.filter(pk=theirs.pk).update(title="La leur")
    (client, _), (other, _) = lead(ours), lead(theirs)
    assert "La leur" not in home(client)
    assert "La leur" in home(other)
    sheet = reverse("events:sheet_pdf", args=[theirs.slots.get().pk])
    for address in (*(url(name, theirs) for name in EXPORTS), sheet):
        assert client.get(address).status_code == 404
        answer = other.get(address)
        assert (answer.status_code, bool(read(answer))) == (200, True)


def test_an_app_above_adds_its_page_to_a_session(session: Session) -> None:
    client, _ = lead(session)
    with hooks.register_temporarily(
        "escale_led_links", lambda of: [LedLink("Une autre page", f"/x/{of.pk}/", "2 sur 3")]
    ):
        page = client.get(url("attendees", session)).text
    assert f'<a href="/x/{session.pk}/">Une autre page</a>' in page
    assert "2 sur 3" in page
