"""The export screen: shown by a GET, delivered by a POST, for one's own people only."""

import csv
import io
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from pypdf import PdfReader

from events.domain.registration import withdraw
from events.models import JournalEntry, Session, SessionRole
from members.models import Organisation
from tests.factories import (
    make_activity,
    make_coordinator,
    make_organisation,
    make_registration,
    make_session,
)

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
URL = "/admin/exports/"


@pytest.fixture
def session() -> Session:
    return make_session(title="Sophrologie", capacity=40)


def desk_of(organisation: Organisation) -> Client:
    user = make_coordinator(organisation)
    user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def desk(session: Session) -> Client:
    return desk_of(session.activity.organisation)


def read(response: Any) -> bytes:
    return b"".join(response) if response.streaming else response.content


def post(desk: Client, query: str = "", **fields: Any) -> Any:
    return desk.post(URL + query, {"columns": ["last_name"], "file_type": "csv"} | fields)


def names(response: Any) -> list[str]:
    text = read(response).decode("utf-8-sig")
    return [line[0] for line in csv.reader(io.StringIO(text, newline=""), delimiter=";")][1:]


def test_a_get_shows_and_exports_nothing(desk: Client, session: Session) -> None:
    make_registration(session, last_name="Durand")
    page = desk.get(f"{URL}?session={session.pk}&file_type=csv&columns=last_name")
    assert page.status_code == 200
    assert "Durand" not in page.text
    assert f'<option value="{session.pk}" selected>' in page.text
    assert not JournalEntry.objects.filter(action="escale.export").exists()


@pytest.mark.parametrize("file_type", ["csv", "xlsx", "pdf"])
def test_a_post_delivers_the_file_and_keeps_who_took_it(
    desk: Client, session: Session, file_type: str
) -> None:
    make_registration(session, last_name="Durand")
    response = post(desk, "?what=attendees", session=session.pk, file_type=file_type)
    assert "attachment" in response["Content-Disposition"]
    assert f".{file_type}" in response["Content-Disposition"]
    assert "no-store" in response["Cache-Control"]
    data = read(response)
    text = {
        "csv": lambda: data.decode(),
        "xlsx": lambda: load_workbook(io.BytesIO(data)).active["A2"].value,
        "pdf": lambda: PdfReader(io.BytesIO(data)).pages[0].extract_text(),
    }[file_type]()
    assert "Durand" in text
    entry = JournalEntry.objects.get(action="escale.export")
    assert (entry.session_id, entry.data["rows"], entry.data["columns"]) == (session.pk, 1, ["last_name"])


def test_an_activity_and_a_period_choose_the_sessions(desk: Client, session: Session) -> None:
    later = make_session(session.activity, days=60)
    elsewhere = make_session(make_activity(session.activity.organisation), days=60)
    for one, name in ((session, "Bientôt"), (later, "Plus tard"), (elsewhere, "Ailleurs")):
        make_registration(one, last_name=name)
    assert names(post(desk, activity=session.activity_id)) == ["Bientôt", "Plus tard"]
    since = f"{later.starts_at:%Y-%m-%d}"
    assert names(post(desk, activity=session.activity_id, since=since)) == ["Plus tard"]
    assert names(post(desk, until=f"{session.starts_at:%Y-%m-%d}")) == ["Bientôt"]


def test_a_selection_is_exported_alone(desk: Client, session: Session) -> None:
    one, two = make_registration(session, last_name="Un"), make_registration(session, last_name="Deux")
    make_registration(session, last_name="Trois")
    withdraw(registration=two)
    query = f"?registrations={one.pk},{two.pk}"
    assert "2 inscriptions choisies" in desk.get(URL + query).text
    assert names(post(desk, query)) == ["Deux", "Un"]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"columns": []}, "Choisissez au moins une colonne."),
        ({"columns": ["password"]}, "Choisissez des colonnes de la liste."),
        ({"file_type": "exe"}, "Choisissez un format."),
        ({"session": "x" * 30}, "Choisissez une session de la liste."),
        ({"session": "9" * 30}, "Choisissez une session de la liste."),
        ({"since": "31/02/2026"}, "Indiquez une date qui existe"),
        ({"since": "2026-03-01", "until": "2026-02-01"}, "La période finit avant de commencer."),
        ({"until": "2001-01-01"}, "rien à exporter"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_leaves(
    desk: Client, session: Session, fields: dict[str, Any], sentence: str
) -> None:
    make_registration(session, last_name="Durand")
    response = post(desk, **fields)
    assert response.status_code == 422
    assert sentence in response.text
    assert "Durand" not in response.text


@pytest.mark.parametrize("name", ["session", "activity", "registrations"])
def test_what_belongs_to_another_organisation_does_not_exist(desk: Client, name: str) -> None:
    stranger = make_registration(make_session(title="Ailleurs"), last_name="Étrangère")
    number = {
        "session": stranger.session_id,
        "activity": stranger.session.activity_id,
        "registrations": stranger.pk,
    }[name]
    assert desk.get(f"{URL}?{name}={number}").status_code == 404
    assert "Ailleurs" not in desk.get(URL).text
    if name == "registrations":
        assert post(desk, f"?{name}={number}").status_code == 404
    else:
        assert post(desk, **{name: number}).status_code == 422
    assert post(desk).status_code == 422  # nobody of one's own
    assert not JournalEntry.objects.filter(action="escale.export").exists()


@pytest.mark.parametrize(
    "query", ["?session=x", "?registrations=", "?registrations=x,y", "?session=99999999"]
)
def test_an_address_that_names_nothing_is_not_there(desk: Client, query: str) -> None:
    assert desk.get(URL + query).status_code == 404


def test_a_list_that_does_not_exist_shows_the_first_one(desk: Client) -> None:
    assert desk.get(f"{URL}?what=tout").status_code == 200


# --- The sheet to sign --------------------------------------------------------------------------


def sheet(client: Client, session: Session) -> Any:
    return client.get(reverse("sign_in_sheet", args=[session.slots.get().pk]))


def test_the_sheet_names_people_and_professions_and_nothing_more(desk: Client, session: Session) -> None:
    make_registration(session, last_name="Durand", email="zoe@example.org", rpps="10001234567")
    gone = make_registration(session, last_name="Partie")
    withdraw(registration=gone)
    SessionRole.objects.create(session=session, role="formation", name="Une formatrice")
    response = sheet(desk, session)
    assert "emargement-sophrologie" in response["Content-Disposition"]
    reader = PdfReader(io.BytesIO(response.content))
    text = reader.pages[0].extract_text()
    for expected in ("Sophrologie", "Durand", "Infirmier·ère", "Une formatrice", "Signature", "page 1 / 1"):
        assert expected in text
    for hidden in ("zoe@", "10001234567", "Partie"):
        assert hidden not in text
    entry = JournalEntry.objects.get(action="escale.export")
    assert (entry.data["what"], entry.data["rows"], entry.session_id) == ("sign_in_sheet", 1, session.pk)


def test_twenty_five_people_fit_on_one_page(desk: Client, session: Session) -> None:
    SessionRole.objects.create(session=session, role="formation", name="Une formatrice")
    for i in range(25):
        make_registration(session, last_name=f"Nom{i:02}")
    first = PdfReader(io.BytesIO(sheet(desk, session).content)).pages[0].extract_text()
    assert "Nom24" in first


def test_the_sheet_of_another_organisation_does_not_exist(session: Session) -> None:
    assert sheet(desk_of(make_organisation()), session).status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_the_screen_costs_the_same_for_one_session_and_for_three(
    desk: Client, session: Session, number: int, django_assert_num_queries: Any
) -> None:
    for i in range(number - 1):
        make_session(session.activity, days=20 + i)
    desk.get(URL)
    with django_assert_num_queries(11):
        desk.get(URL)
