"""The printed sheet says what the organisation set, and prints whatever a name holds as text."""

import io
from typing import Any

import pytest
from pypdf import PdfReader

from certificates.models import DocumentSettings, DocumentTemplate
from common.pdf_drawing import OwnFontsOnly
from events.domain.sign_in import sign_in_sheets
from events.models import ActivityPage, Registration, Session
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

HOSTILE = '<img src="file:///etc/passwd">'


def text_of(session: Session) -> str:
    pdf = sign_in_sheets(session=session, slots=list(session.slots.all()), by=None)
    reader = PdfReader(io.BytesIO(pdf))
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def dressed(activity: ActivityPage) -> Session:
    organisation = activity.organisation
    DocumentSettings.objects.create(
        organisation=organisation,
        legal_name="Association Sextant",
        legal_line="SIRET 123",
        declaration_number="12345678901",
        declaration_region="Normandie",
    )
    DocumentTemplate.objects.create(
        organisation=organisation,
        kind=DocumentTemplate.Kind.SIGN_IN_SHEET,
        title="Liste de présence",
        opening="Action financée",
        closing="À rendre signée",
    )
    return factories.make_session(activity)


def test_a_sheet_of_a_training_says_what_the_law_and_the_organisation_want() -> None:
    activity = ActivityPage.objects.get(pk=factories.make_training().pk)
    said = text_of(dressed(activity))
    for words in (
        "Liste de présence",
        "Association Sextant",
        "Action financée",
        "À rendre signée",
        "SIRET 123",
    ):
        assert words in said
    assert "12345678901" in said
    assert "ne vaut pas agrément" in said


def test_a_sheet_of_a_meeting_says_nothing_of_trainings() -> None:
    said = text_of(dressed(factories.make_activity()))
    assert "Association Sextant" in said
    assert "12345678901" not in said


def test_without_any_words_the_sheet_has_those_of_escale() -> None:
    session = factories.make_session()
    said = text_of(session)
    assert "Feuille d’émargement" in said
    assert session.activity.organisation.name in said
    assert "(2 h)" in said.replace("\N{NO-BREAK SPACE}", " ")


def test_a_hostile_name_is_printed_and_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    session = factories.make_session()
    one = factories.make_registration(session)
    Registration.objects.filter(pk=one.pk).update(last_name=HOSTILE)
    asked: list[str] = []
    fetch = OwnFontsOnly.fetch

    def watched(self: Any, url: str, *args: Any, **kwargs: Any) -> Any:
        asked.append(url)
        return fetch(self, url, *args, **kwargs)

    monkeypatch.setattr(OwnFontsOnly, "fetch", watched)
    assert HOSTILE.replace(" ", "") in text_of(session).replace(" ", "")
    assert [url for url in asked if not url.startswith("escale-font:")] == []


def test_numbers_and_blank_lines_follow_each_other() -> None:
    session = factories.make_session(capacity=60)
    for _ in range(3):
        factories.make_registration(session)
    said = text_of(session)
    assert "4 5 6 7 8 En signant" in said
