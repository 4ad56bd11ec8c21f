"""Results: figures by five at least, whichever way one asks; texts in no order, hidden where they name."""

import io
from datetime import timedelta
from decimal import Decimal
from itertools import chain, combinations
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from pypdf import PdfReader
from pytest_django import DjangoAssertNumQueries

from events.domain import questionnaires
from events.domain.report import Period, report
from events.domain.report.subject import Subject
from events.domain.results.asking import Asked, Results, results
from events.domain.survey.blocks import FLOOR, Part, answers, blocks
from events.models import (
    ActivityPage,
    JournalEntry,
    Message,
    Survey,
    SurveyInvitation,
    SurveyResponse,
    SurveyText,
)
from tests.events.test_admin_sessions import coordinator, signed_in
from tests.factories import make_activity, make_admin, make_registration, make_session

pytestmark = pytest.mark.django_db
URL = "/admin/avis/"


def over(activity: ActivityPage, days: int, marks: list[int], **more: Any) -> Survey:
    """A survey that is over and open: its marks, and what is in ``answers`` of each row, or in ``texts``."""
    session = make_session(activity, days=days)
    when = timezone.now() + timedelta(days=days + 1)
    survey = Survey.objects.create(
        session=session,
        opened_at=when,
        closes_at=when,
        unsealed_at=when,
        questions=more.get("questions") or questionnaires.snapshot(None),
        moment=more.get("moment", Survey.Moment.AFTER),
    )
    given_answers = more.get("answers") or [{} for _mark in marks]
    for mark, also in zip(marks, given_answers, strict=True):
        SurveyResponse.objects.create(survey=survey, score=mark, answers=also)
    for text in more.get("texts", ()):
        SurveyText.objects.create(survey=survey, key="mot", text=text)
    return survey


def asked(activity: ActivityPage, **fields: Any) -> Results:
    subject = Subject(activity.title, [activity])
    return results(Asked(subject, fields.pop("period", Period()), **fields))


def question(found: Results, key: str, row: str = "") -> Any:
    [one] = [each for each in found.questions if (each.key, each.row) == (key, row)]
    return one


# --- Blocks


def surveys(sizes: list[int]) -> list[Part]:
    return [Part("one", (n,), n, n, size) for n, size in enumerate(sizes)]


def shown(parts: list[Part], inside: set[int]) -> frozenset[int]:
    """The sessions whose answers a filter tells."""
    whole = [block for block in blocks(parts) if all(part.session in inside for part in block)]
    return frozenset(part.session for block in whole for part in block)


@pytest.mark.one_engine
@given(st.lists(st.integers(0, 9), max_size=6))
def test_no_two_filters_differ_by_fewer_than_five_answers(sizes: list[int]) -> None:
    """Whatever sessions two filters hold, what one tells and the other does not is nothing, or five."""
    parts = surveys(sizes)
    everything = range(len(sizes))
    filters = chain.from_iterable(combinations(everything, n) for n in range(len(sizes) + 1))
    seen = {shown(parts, set(each)) for each in filters}
    for one in seen:
        for other in seen:
            apart = sum(sizes[number] for number in one ^ other)
            assert apart == 0 or apart >= FLOOR


@pytest.mark.one_engine
@given(st.lists(st.integers(0, 9), max_size=12))
def test_watching_totals_from_day_to_day_tells_no_fewer_than_five(sizes: list[int]) -> None:
    """A block that was told never changes: each survey that opens adds a block, or waits."""
    before: list[Any] = []
    for number in range(len(sizes) + 1):
        now = blocks(surveys(sizes[:number]))
        assert now[: len(before)] == before
        assert all(answers(block) >= FLOOR for block in now)
        before = now


@pytest.mark.one_engine
def test_a_big_survey_is_a_block_alone_and_small_ones_gather_in_order() -> None:
    found = blocks(surveys([3, 6, 1, 2, 4]))
    assert [[part.survey for part in block] for block in found] == [[1], [0, 2, 3]]  # the last four wait


# --- Figures


def test_each_kind_of_question_has_its_figures() -> None:
    activity = make_activity()
    asked_questions = [
        {
            "key": "a",
            "kind": "score",
            "label": "Note",
            "help": "",
            "options": [],
            "rows": [],
            "required": True,
        },
        {
            "key": "b",
            "kind": "yesno",
            "label": "Reviendrez-vous ?",
            "help": "",
            "options": [],
            "rows": [],
            "required": False,
        },
        {
            "key": "c",
            "kind": "multiple",
            "label": "Vos envies",
            "help": "",
            "options": ["Yoga", "Chant", "Marche"],
            "rows": [],
            "required": False,
        },
        {
            "key": "d",
            "kind": "matrix",
            "label": "La journée",
            "help": "",
            "options": [],
            "rows": ["Lieu", "Repas"],
            "required": False,
        },
    ]
    given_answers = [
        {
            "b": n < 4,
            "c": ["Yoga", "Chant"] if n else ["Yoga"],
            "d": {"Lieu": 5, **({"Repas": 1} if n else {})},
        }
        for n in range(5)
    ]
    over(activity, -9, [10, 9, 8, 8, 6], questions=asked_questions, answers=given_answers)
    found = asked(activity)

    assert (question(found, "a").mean, question(found, "a").number) == (Decimal("8.2"), 5)
    assert [bar.number for bar in question(found, "a").bars] == [0, 0, 0, 0, 0, 0, 1, 0, 2, 1, 1]
    assert [(bar.label, bar.number, bar.share) for bar in question(found, "b").bars] == [
        ("Oui", 4, 80),
        ("Non", 1, 20),
    ]
    assert [(bar.label, bar.number) for bar in question(found, "c").bars] == [
        ("Yoga", 5),
        ("Chant", 4),
        ("Marche", 0),
    ]
    assert question(found, "d", "Lieu").mean == Decimal("5.0")
    assert question(found, "d", "Repas").number == 0  # four answers
    assert question(found, "d", "Repas").bars == []


def test_small_sessions_are_told_together_and_never_alone() -> None:
    activity = make_activity()
    small = [over(activity, -30 + n, [n, n]) for n in range(3)]
    big = over(activity, -9, [8] * 5)
    found = asked(activity)
    assert question(found, "note").number == 11
    lines = {line.pk: line for line in found.sessions}
    assert [lines[each.session_id].mean for each in small] == [None] * 3
    assert lines[big.session_id].mean == Decimal("8.0")
    assert question(asked(activity, session=small[0].session), "note").number == 0
    assert question(asked(activity, session=big.session), "note").number == 5
    some = Period(timezone.localdate() - timedelta(days=29))  # without the first small one
    assert question(asked(activity, period=some), "note").number == 5


def test_nothing_waits_when_all_is_told_though_questions_have_changed() -> None:
    activity = make_activity()
    over(activity, -9, [8] * 8)
    asked_before = [{**each, "key": f"old-{each['key']}"} for each in questionnaires.snapshot(None)]
    over(activity, -400, [9] * 6, questions=asked_before)
    assert asked(activity).waiting == 0
    over(activity, -800, [9] * 3)
    assert asked(activity).waiting == 3


def test_what_is_sealed_is_counted_and_not_told() -> None:
    activity = make_activity()
    survey = over(activity, -9, [8] * 5)
    Survey.objects.filter(pk=survey.pk).update(unsealed_at=None)
    found = asked(activity)
    assert (found.total.received, found.total.mean, found.waiting) == (5, None, 5)
    assert found.questions == []


def test_the_report_and_the_results_subtract_to_whole_blocks() -> None:
    """One questionnaire, then another: the report's mean is made of the same blocks."""
    activity = make_activity()
    over(activity, -30, [2, 2, 2])
    other = [{**each, "key": "autre"} if each["key"] == "note" else each for each in questionnaires.STANDARD]
    over(activity, -20, [8] * 5, questions=other)
    assert report(activities=[activity]).ratings == 5  # not eight: three would come out by subtraction
    over(activity, -10, [4, 4])
    assert report(activities=[activity]).ratings == 10


def test_the_mean_is_of_every_mark_whatever_the_words_of_the_question() -> None:
    """As in the report: another questionnaire does not hide what was said through the one before."""
    activity = make_activity()
    before = over(activity, -40, [10, 10, 10, 10, 10])
    words = {**questionnaires.snapshot(None)[0], "key": "autre", "label": "Quelle note ?"}
    now = over(activity, -20, [7] * 5 + [8] * 5, questions=[words])
    found = asked(activity)
    told = {line.pk: line.mean for line in found.sessions}
    assert told == {before.session_id: Decimal("10.0"), now.session_id: Decimal("7.5")}
    assert (found.total.mean, found.total.number) == (Decimal("8.3"), 15)
    assert report(activities=ActivityPage.objects.filter(pk=activity.pk)).satisfaction == Decimal("8.3")


def test_before_and_after_are_apart() -> None:
    activity = make_activity()
    over(activity, -9, [2] * 5, moment=Survey.Moment.BEFORE)
    over(activity, -8, [8] * 5)
    assert question(asked(activity), "note").mean == Decimal("8.0")
    assert question(asked(activity, moment=Survey.Moment.BEFORE), "note").mean == Decimal("2.0")
    assert report(activities=[activity]).ratings == 5


def test_texts_are_told_from_five_answers_on_without_those_hidden() -> None:
    activity = make_activity()
    over(activity, -9, [8] * 4, texts=["Quatre seulement"])
    assert question(asked(activity), "mot").texts == []
    over(activity, -8, [8], texts=["Un mot", "Il nomme quelqu’un"])
    SurveyText.objects.filter(text__startswith="Il nomme").update(hidden=True)
    found = question(asked(activity), "mot")
    assert sorted(each.text for each in found.texts) == ["Quatre seulement", "Un mot"]
    assert [each.text for each in found.hidden] == ["Il nomme quelqu’un"]


def test_many_years_are_told_by_season() -> None:
    activity = make_activity()
    for days in (-1200, -700, -30):
        over(activity, days, [8] * 5)
    assert all("-" in point.label for point in question(asked(activity), "note").points)


@pytest.mark.parametrize("count", [1, 3])
def test_results_ask_as_many_queries_for_three_sessions_as_for_one(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    activity = make_activity()
    for number in range(count):
        over(activity, -30 + number, [8] * 5, texts=["Bien"])
    with django_assert_num_queries(6):
        asked(activity)


# --- Screen and files


@pytest.fixture
def activity() -> ActivityPage:
    return make_activity()


@pytest.fixture
def desk(activity: ActivityPage) -> Client:
    return signed_in(coordinator(activity.organisation))


def test_the_rate_says_what_it_divides_and_leaves_out_answers_nobody_was_asked_for(
    desk: Client, activity: ActivityPage
) -> None:
    survey = over(activity, -9, [10, 9, 8, 8, 6])
    for _person in range(7):
        SurveyInvitation.objects.create(survey=survey, registration=make_registration(survey.session))
    over(activity, -400, [8] * 6)  # its invitations are let go
    page = " ".join(strip_tags(desk.get(URL).text).replace("\N{NO-BREAK SPACE}", " ").split())
    assert "71 %5 réponses sur 7 personnes interrogées" in page
    assert "11dont 6 qui n’entrent pas dans le taux" in page


def test_the_screen_tells_figures_texts_and_sessions(desk: Client, activity: ActivityPage) -> None:
    survey = over(activity, -9, [10, 9, 8, 8, 6], texts=["<b>Merci</b>"])
    page = desk.get(URL).text
    assert "8,2" in page
    assert "&lt;b&gt;Merci&lt;/b&gt;" in page
    assert survey.session.title in page
    assert desk.get(URL, {"session": survey.session_id}).status_code == 200
    assert "Personne n’a encore été interrogé" in desk.get(URL, {"moment": "delayed"}).text


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"session": "abc"}, 404),
        ({"session": "9" * 19}, 404),
        ({"session": "9" * 40}, 404),
        ({"session": "\0"}, 404),
        ({"moment": '"'}, 422),
        ({"period": "2026-02-30"}, 422),
        ({"since": "2026-02-30"}, 422),
        ({"about": "../"}, 422),
        ({"about": "dispositif-0"}, 404),
        ({"about": "structure-99999999999999999999"}, 404),
    ],
)
def test_whatever_is_asked_gets_a_page(desk: Client, activity: ActivityPage, query: Any, status: int) -> None:
    for response in (
        desk.get(URL, query),
        *(desk.post(f"{URL}avis.{kind}", query) for kind in ("pdf", "xlsx")),
    ):
        assert response.status_code == status
        assert response["Content-Type"].startswith("text/html")


def test_nobody_sees_what_was_said_of_another_organisation(desk: Client) -> None:
    theirs = over(make_activity(), -9, [8] * 5, texts=["Chez les autres"])
    assert "Chez les autres" not in desk.get(URL).text
    assert desk.get(URL, {"session": theirs.session_id}).status_code == 404
    assert desk.get(URL, {"about": f"dispositif-{theirs.session.activity_id}"}).status_code == 404
    text = SurveyText.objects.get()
    assert desk.post(reverse("survey_text", args=[text.pk])).status_code == 404
    assert not SurveyText.objects.get().hidden


def test_a_text_is_hidden_and_shown_again_and_the_journal_says_so(
    desk: Client, activity: ActivityPage
) -> None:
    over(activity, -9, [8] * 5, texts=["Merci à Camille"])
    address = reverse("survey_text", args=[SurveyText.objects.get().pk])
    back = {"back": f"{URL}?moment=after"}
    assert desk.get(address).status_code == 405
    assert desk.post(address, back).url == back["back"]
    assert SurveyText.objects.get().hidden
    desk.post(address, back)  # again: nothing more
    assert desk.post(address, {"hidden": "0", "back": "//evil.example"}).url == URL
    assert not SurveyText.objects.get().hidden
    lines = JournalEntry.objects.filter(action__in=["escale.hide_text", "escale.show_text"])
    assert [line.action for line in lines.order_by("pk")] == ["escale.hide_text", "escale.show_text"]
    assert "Camille" not in str([line.data for line in lines])


def test_files_say_what_the_screen_says_and_leave_a_line(desk: Client, activity: ActivityPage) -> None:
    over(activity, -60, [10, 9, 8, 8, 6], texts=["=1+1", "Secret"])
    over(activity, -9, [8] * 6)
    SurveyText.objects.filter(text="Secret").update(hidden=True)
    asked_for = {"moment": "after"}
    pdf = desk.post(f"{URL}avis.pdf", asked_for)
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf.content)).pages)
    assert "8,1" in text
    assert "=1+1" in text
    book = load_workbook(io.BytesIO(desk.post(f"{URL}avis.xlsx", asked_for).content))
    assert [row[1:4] for row in book["Questions"].iter_rows(min_row=2, max_row=2, values_only=True)] == [
        (None, 11, 8.1)
    ]
    words = [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row]
    assert not any("Secret" in word for word in words)
    assert "Secret" not in text
    assert JournalEntry.objects.filter(action="escale.export_surveys").count() == 2
    assert desk.get(f"{URL}avis.pdf", asked_for).url == f"{URL}?moment=after"


def test_an_administrator_sees_by_organisation(client: Client) -> None:
    for _ in range(2):
        over(make_activity(), -9, [8] * 5)
    client.force_login(make_admin())
    page = client.get(URL).text
    assert "Par structure" in page
    assert "Par dispositif" in page


# --- Who is reminded has not answered


def test_nobody_reads_in_the_log_who_was_reminded(desk: Client, activity: ActivityPage) -> None:
    session = make_session(activity, days=-3)
    reminded = make_registration(session, first_name="Zoé", last_name="Silencieuse")
    for kind in ("survey_reminder", "survey"):
        Message.objects.create(
            key=kind,
            kind=kind,
            organisation=activity.organisation,
            session=session,
            registration=reminded,
            recipient=reminded.email,
            subject="Votre avis",
            body="…",
            state=Message.State.SENT,
            created_at=timezone.now(),
            next_try_at=timezone.now(),
        )
    assert "Zoé" not in desk.get(reverse("messages:index")).text
    assert "Votre avis" not in desk.get(reverse("registrations:inspect", args=[reminded.pk])).text
    for message in Message.objects.all():
        assert desk.get(reverse("messages:inspect", args=[message.pk])).status_code == 404
    page = desk.get(reverse("sessions:inspect", args=[session.pk])).text
    assert "2 partis" in page
    assert "Votre avis" not in page
