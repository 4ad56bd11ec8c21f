"""An answer counts once, and nothing leads from it to a person."""

import logging
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from common.errors import DomainError
from events.domain import survey as rules
from events.domain.attendance import close_sheet, mark
from events.domain.survey import answer, open_survey, replace_imported_responses, results
from events.models import Attendance, JournalEntry, Survey, SurveyInvitation, SurveyResponse
from tests.factories import make_admin, make_registration, make_session

pytestmark = pytest.mark.django_db
State = Attendance.State


def open_one(people: int = 6) -> Survey:
    session, admin = make_session(days=-1), make_admin()
    slot = session.slots.get()
    mark(slot=slot, marks={make_registration(session).pk: State.PRESENT for _ in range(people)}, by=admin)
    close_sheet(slot=slot, by=admin)
    return open_survey(session=slot.session)


def answers(survey: Survey, scores: list[int], **more) -> None:
    for invitation, score in zip(survey.invitations.filter(answered=False), scores, strict=False):
        answer(invitation=invitation, score=score, **more)


def test_only_who_came_is_invited_and_only_once():
    session, admin = make_session(days=-1), make_admin()
    slot = session.slots.get()
    late, excused = make_registration(session), make_registration(session)
    with pytest.raises(DomainError, match="tous les créneaux"):
        open_survey(session=session)
    mark(slot=slot, marks={late.pk: State.LATE, excused.pk: State.EXCUSED}, by=admin)
    close_sheet(slot=slot, by=admin)

    assert open_survey(session=slot.session) == open_survey(session=slot.session)
    assert list(SurveyInvitation.objects.values_list("registration", flat=True)) == [late.pk]


def test_an_invitation_answers_once():
    survey = open_one(1)
    invitation = survey.invitations.get()
    answer(invitation=invitation, score=8, useful=4, welcome=5, comment=" Merci\r\nbeaucoup ")

    with pytest.raises(DomainError, match="déjà enregistré"):
        answer(invitation=invitation, score=0)

    response = SurveyResponse.objects.get()
    assert (response.score, response.useful, response.welcome, response.comment) == (
        8,
        4,
        5,
        "Merci\nbeaucoup",
    )
    assert SurveyInvitation.objects.get().answered


def test_a_closed_survey_takes_no_answer_and_uses_up_no_invitation():
    survey = open_one(1)
    Survey.objects.update(closes_at=timezone.now() - timedelta(seconds=1))

    with pytest.raises(DomainError, match="fermé"):
        answer(invitation=survey.invitations.get(), score=8)
    assert not SurveyInvitation.objects.get().answered
    assert not SurveyResponse.objects.exists()


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        ({"score": 11}, "score"),
        ({"score": -1}, "score"),
        ({"score": 5, "useful": 6}, "useful"),
        ({"score": 5, "welcome": 0}, "welcome"),
        ({"score": 5, "comment": "a\0b"}, "comment"),
        ({"score": 5, "comment": "x" * 2001}, "comment"),
    ],
)
def test_an_answer_out_of_bounds_is_refused_beside_its_field(bad, field):
    survey = open_one(1)

    with pytest.raises(DomainError) as refusal:
        answer(invitation=survey.invitations.get(), **bad)
    assert refusal.value.field == field
    assert not SurveyResponse.objects.exists()


def test_each_answer_gives_every_answer_a_new_id():
    survey = open_one(3)
    seen: set = set()
    for n, invitation in enumerate(survey.invitations.all(), start=1):
        answer(invitation=invitation, score=n)
        ids = set(SurveyResponse.objects.values_list("pk", flat=True))
        assert len(ids) == n
        assert not ids & seen
        seen |= ids


def test_the_place_of_a_row_does_not_tell_when_it_was_answered(monkeypatch):
    """Whatever the shuffle decides is the order of the rows: arrival decides nothing."""
    monkeypatch.setattr(
        rules.SystemRandom, "shuffle", lambda self, rows: rows.sort(key=lambda row: -row["score"])
    )
    survey = open_one(5)
    answers(survey, [3, 9, 1, 7, 5])

    order = {"sqlite": "rowid", "postgresql": "ctid"}[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT score FROM events_surveyresponse ORDER BY {order}")
        assert [score for (score,) in cursor.fetchall()] == [9, 7, 5, 3, 1]
        if connection.vendor == "postgresql":
            cursor.execute("SELECT DISTINCT xmin::text FROM events_surveyresponse")
            assert len(cursor.fetchall()) == 1


def test_the_shuffle_is_not_the_order_of_arrival():
    """Thirty answers staying in order by chance: one in 30!."""
    survey = open_one(30)
    SurveyResponse.objects.bulk_create([SurveyResponse(survey=survey, score=n % 11) for n in range(29)])
    arrived = [r.score for r in SurveyResponse.objects.order_by("pk")] + [10]
    answers(survey, [10])

    order = {"sqlite": "rowid", "postgresql": "ctid"}[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT score FROM events_surveyresponse ORDER BY {order}")
        assert [score for (score,) in cursor.fetchall()] != arrived


def test_an_answer_leaves_no_time_no_person_and_no_line(caplog):
    survey = open_one(1)
    before = JournalEntry.objects.count()
    with caplog.at_level(logging.DEBUG):
        caplog.clear()
        answer(invitation=survey.invitations.get(), score=8, comment="Un mot à moi")

    fields = {field.name: field.get_internal_type() for field in SurveyResponse._meta.fields}
    assert set(fields) == {"id", "survey", "score", "useful", "welcome", "comment", "imported"}
    assert {field.name for field in SurveyInvitation._meta.fields} == {
        "id",
        "survey",
        "registration",
        "answered",
    }
    assert JournalEntry.objects.count() == before
    assert not [record for record in caplog.records if not record.name.startswith("django.db")]


def test_no_figure_is_shown_under_five_answers():
    survey = open_one(6)
    answers(survey, [10, 9, 8, 7], useful=5, comment="Bien")

    hidden = results(surveys=[survey])
    assert (hidden.count, hidden.mean, hidden.useful, hidden.welcome, hidden.comments) == (
        4,
        None,
        None,
        None,
        (),
    )

    answers(survey, [6])
    shown = results(surveys=Survey.objects.all())
    assert (shown.count, shown.mean) == (5, 8.0)
    assert shown.useful is None  # four answers only
    assert shown.comments == ("Bien",) * 4


def test_importing_again_replaces_the_imported_answers_and_no_other():
    survey = open_one(2)
    answers(survey, [1])

    replace_imported_responses(session=survey.session, scores=[8, 9])
    replace_imported_responses(session=survey.session, scores=[7, 7, 7])
    answers(survey, [2])

    assert sorted(SurveyResponse.objects.filter(imported=True).values_list("score", flat=True)) == [7, 7, 7]
    assert sorted(SurveyResponse.objects.filter(imported=False).values_list("score", flat=True)) == [1, 2]


def test_an_imported_survey_is_closed_at_once():
    session = make_session(days=-30, imported=True)

    survey = replace_imported_responses(session=session, scores=[8])

    assert survey.closes_at == session.ends_at
    assert not survey.invitations.exists()
    with pytest.raises(DomainError):
        replace_imported_responses(session=session, scores=[11])
