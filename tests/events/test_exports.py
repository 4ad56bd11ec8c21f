"""Lists that leave the building: the fewest columns, safe cells, a line of who took what."""

import csv
import io
from typing import Any

import pytest
from django.utils import timezone
from openpyxl import load_workbook
from pypdf import PdfReader

from common.errors import DomainError
from events.domain import answers
from events.domain.exports import DEFAULTS, PDF_ROWS, FileType, What, export, offered
from events.models import Attendance, JournalEntry, Registration, Session
from members.models import User
from tests.factories import (
    make_activity,
    make_admin,
    make_question_set,
    make_registration,
    make_session,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def by() -> User:
    return make_admin()


@pytest.fixture
def session() -> Session:
    made = make_session(title="Sophrologie", capacity=20)
    made.question_set = make_question_set(
        {"label": "Un mot ?"},
        {"kind": "multiple", "label": "Régime", "options": ["A", "B"], "is_need": True},
        organisation=made.activity.organisation,
    )
    made.save()
    return made


def make(by: User, what: What, file_type: FileType = FileType.CSV, **changes: Any) -> bytes:
    defaults = {"registrations": Registration.objects.all(), "chosen": DEFAULTS[what], "title": "Sophrologie"}
    content = export(what=what, file_type=file_type, by=by, **(defaults | changes)).content
    if isinstance(content, bytes):
        return content
    if not hasattr(content, "read"):
        return b"".join(content)
    with content:
        return content.read()


def rows(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_registrations_say_when_what_who_and_their_state(session: Session, by: User) -> None:
    make_registration(session, first_name="Zoé", last_name="Durand")
    header, line = rows(make(by, What.REGISTRATIONS))
    assert header == ["Date", "Session", "Nom", "Prénom", "Profession", "État"]
    assert line == [
        f"{timezone.localtime(session.starts_at):%d/%m/%Y %H:%M}",
        "Sophrologie",
        "Durand",
        "Zoé",
        "Infirmier·ère",
        "Confirmée",
    ]


def test_addresses_and_rpps_leave_only_when_asked_for(session: Session, by: User) -> None:
    one = make_registration(session, email="zoe@example.org", rpps="10001234567")
    for what in What:
        assert not {"email", "rpps"} & set(DEFAULTS[what])
        data = make(by, what)
        assert b"zoe@" not in data
        assert b"10001234567" not in data
    data = make(by, What.ATTENDEES, chosen=["last_name", "email", "rpps"])
    assert rows(data)[1] == [one.last_name, "zoe@example.org", "10001234567"]


def test_a_sheet_to_sign_has_no_address_even_when_asked_for(session: Session, by: User) -> None:
    make_registration(session, email="zoe@example.org")
    assert not {"email", "rpps", "answers", "needs", "state"} & set(offered(What.SIGN_IN))
    assert b"zoe@" not in make(by, What.SIGN_IN, chosen=["last_name", "email"])


def test_only_the_people_that_a_list_is_about_are_in_it(by: User) -> None:
    session = make_session(capacity=1)
    make_registration(session, last_name="Confirmée")
    make_registration(session, last_name="Attend")
    assert [line[0] for line in rows(make(by, What.ATTENDEES))[1:]] == ["Confirmée"]
    assert len(rows(make(by, What.REGISTRATIONS))) == 3


def test_attendance_has_a_column_per_slot(session: Session, by: User) -> None:
    one = make_registration(session)
    slot = session.slots.get()
    Attendance.objects.create(registration=one, slot=slot, state="late", marked_at=timezone.now())
    header, line = rows(make(by, What.ATTENDANCE))
    assert header[-1].startswith("Présence, ")
    assert line[-1] == "En retard"


def test_attendance_of_several_sessions_numbers_the_slots(session: Session, by: User) -> None:
    make_registration(session)
    make_registration(make_session(session.activity, days=20))
    header, *lines = rows(make(by, What.ATTENDANCE))
    assert header[3:] == ["Présence, créneau 1"]
    assert len(lines) == 2


def answered(session: Session) -> None:
    one = make_registration(session)
    questions = answers.questions_of(session)
    given = dict(zip([each.pk for each in questions], ["=1+1", ["A", "B"]], strict=True))
    answers.keep(registration=one, answers=given)


def test_answers_have_a_column_per_question_and_needs_only_when_asked_for(session: Session, by: User) -> None:
    answered(session)
    make_registration(session)
    header, *lines = rows(make(by, What.ANSWERS))
    assert header == ["Nom", "Prénom", "Un mot ?"]
    assert sorted(line[2] for line in lines) == ["", "'=1+1"]
    header, *lines = rows(make(by, What.ANSWERS, chosen=["last_name", "answers", "needs"]))
    assert header == ["Nom", "Un mot ?", "Régime"]
    assert sorted(line[2] for line in lines) == ["", "A, B"]


def test_the_workbook_holds_no_formula(session: Session, by: User) -> None:
    answered(session)
    sheet = load_workbook(io.BytesIO(make(by, What.ANSWERS, FileType.XLSX))).active
    assert sheet["C2"].value == "=1+1"
    assert sheet["C2"].data_type == "s"


@pytest.mark.one_engine
def test_the_pdf_is_tagged_and_repeats_its_headings_on_each_page(by: User) -> None:
    session = make_session(capacity=100)
    for i in range(60):
        make_registration(session, last_name=f"Nom{i:03}")
    reader = PdfReader(io.BytesIO(make(by, What.ATTENDEES, FileType.PDF)))
    assert len(reader.pages) > 1
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    for number, page in enumerate(reader.pages, start=1):
        text = page.extract_text()
        assert "Profession" in text
        assert f"page {number} / {len(reader.pages)}" in text


def test_a_pdf_of_too_many_lines_is_refused_and_not_logged(
    session: Session, by: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("events.domain.exports.PDF_ROWS", 1)
    make_registration(session)
    make_registration(session)
    with pytest.raises(DomainError, match="choisissez Excel ou CSV"):
        make(by, What.ATTENDEES, FileType.PDF)
    assert not JournalEntry.objects.filter(action="escale.export").exists()
    assert PDF_ROWS == 1000


def test_a_pdf_of_too_many_columns_is_refused_and_not_logged(session: Session, by: User) -> None:
    make_registration(session)
    with pytest.raises(DomainError, match="10 colonnes au plus"):
        make(by, What.REGISTRATIONS, FileType.PDF, chosen=offered(What.REGISTRATIONS))
    assert not JournalEntry.objects.filter(action="escale.export").exists()


def test_nobody_and_no_column_are_refused(session: Session, by: User) -> None:
    with pytest.raises(DomainError, match="rien à exporter"):
        make(by, What.ATTENDEES)
    make_registration(session)
    with pytest.raises(DomainError, match="au moins une colonne"):
        make(by, What.ATTENDEES, chosen=["n’existe pas"])


def test_the_line_says_who_took_what_before_a_byte_has_left(session: Session, by: User) -> None:
    make_registration(session, last_name="Confidentielle")
    export(
        registrations=Registration.objects.all(),
        what=What.ATTENDEES,
        chosen=["last_name", "email"],
        file_type=FileType.CSV,
        title="x",
        by=by,
    )  # nothing was read yet
    entry = JournalEntry.objects.get(action="escale.export")
    assert (entry.user, entry.session_id) == (by, session.pk)
    assert entry.data == {
        "what": "attendees",
        "file_type": "csv",
        "columns": ["last_name", "email"],
        "rows": 1,
    }


def test_an_export_of_several_sessions_is_told_to_each_organisation_concerned(by: User) -> None:
    activity = make_activity()
    for _ in range(2):
        make_registration(make_session(activity))
    make_registration(make_session())
    make(by, What.REGISTRATIONS)
    lines = JournalEntry.objects.filter(action="escale.export").order_by("organisation_id")
    assert [(each.session_id, each.data["rows"]) for each in lines] == [(None, 2), (None, 1)]
    assert lines[0].organisation_id == activity.organisation_id


@pytest.mark.parametrize("number", [1, 3])
def test_an_export_costs_the_same_for_one_and_for_three(
    session: Session, by: User, number: int, django_assert_num_queries: Any
) -> None:
    for _ in range(number):
        answered(session)
    chosen = [*DEFAULTS[What.REGISTRATIONS], "answers", "needs", "presence"]
    make(by, What.REGISTRATIONS, chosen=chosen)
    with django_assert_num_queries(13):
        make(by, What.REGISTRATIONS, chosen=chosen)
