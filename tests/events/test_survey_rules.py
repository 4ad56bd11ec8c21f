"""An answer counts once, stays sealed until its survey is over, and nothing leads from it to a person."""

import logging
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from common.errors import DomainError
from events.domain.attendance import close_sheet, mark
from events.domain.questionnaires import TEXT_LENGTH
from events.domain.survey import answer, open_survey, replace_imported_responses, unseal, unseal_due
from events.domain.survey.sealing import opened, room_for, sealed
from events.models import (
    ActivitySettings,
    Attendance,
    JournalEntry,
    Questionnaire,
    SealedResponse,
    Survey,
    SurveyInvitation,
    SurveyQuestion,
    SurveyResponse,
    SurveyText,
)
from tests.factories import make_activity, make_admin, make_registration, make_session

pytestmark = pytest.mark.django_db
State = Attendance.State
Kind = SurveyQuestion.Kind


def open_one(people: int = 6, activity: Any = None) -> Survey:
    session, admin = make_session(activity, days=-1), make_admin()
    slot = session.slots.get()
    mark(slot=slot, marks={make_registration(session).pk: State.PRESENT for _ in range(people)}, by=admin)
    close_sheet(slot=slot, by=admin)
    return open_survey(session=slot.session)


def answers(survey: Survey, scores: list[int], **more: Any) -> None:
    for invitation, score in zip(survey.invitations.filter(answered=False), scores, strict=False):
        answer(invitation=invitation, values={"note": score, **more})


def sealed_answers() -> list[dict[str, Any]]:
    """What is written down and not to be read yet."""
    rows = SealedResponse.objects.select_related("survey")
    found = [opened(each.sealed, seal=each.survey.seal) for each in rows]
    assert None not in found
    return found  # type: ignore[return-value]


def end(survey: Survey) -> None:
    Survey.objects.filter(pk=survey.pk).update(closes_at=timezone.now() - timedelta(seconds=1))
    survey.refresh_from_db()


def scores() -> list[int]:
    return sorted(SurveyResponse.objects.values_list("score", flat=True))


def test_only_who_came_is_invited_and_only_once() -> None:
    session, admin = make_session(days=-1), make_admin()
    slot = session.slots.get()
    late, excused = make_registration(session), make_registration(session)
    with pytest.raises(DomainError, match="tous les créneaux"):
        open_survey(session=session)
    mark(slot=slot, marks={late.pk: State.LATE, excused.pk: State.EXCUSED}, by=admin)
    close_sheet(slot=slot, by=admin)

    assert open_survey(session=slot.session) == open_survey(session=slot.session)
    assert list(SurveyInvitation.objects.values_list("registration", flat=True)) == [late.pk]


def test_a_survey_of_before_asks_who_is_confirmed_until_the_start() -> None:
    session = make_session(days=5)
    with pytest.raises(DomainError, match="aucune question"):
        open_survey(session=session, moment=Survey.Moment.BEFORE)
    asked = Questionnaire.objects.create(organisation=session.activity.organisation, name="Attentes")
    SurveyQuestion.objects.create(
        questionnaire=asked, key="q1", kind="choice", label="Vous venez pour ?", options="Apprendre\nSouffler"
    )
    ActivitySettings.objects.update_or_create(
        activity=session.activity, defaults={"questionnaire_before": asked}
    )
    session.refresh_from_db()
    first = make_registration(session)
    opened_before = open_survey(session=session, moment=Survey.Moment.BEFORE)
    second = make_registration(session)

    again = open_survey(session=session, moment=Survey.Moment.BEFORE)
    assert (again, again.closes_at) == (opened_before, session.starts_at)
    assert [each["options"] for each in again.questions] == [["Apprendre", "Souffler"]]
    assert set(again.invitations.values_list("registration", flat=True)) == {first.pk, second.pk}


def test_an_invitation_answers_once() -> None:
    survey = open_one(1)
    invitation = survey.invitations.get()
    answer(invitation=invitation, values={"note": 8, "utile": 4, "accueil": 5, "mot": " Merci\r\nbeaucoup "})

    with pytest.raises(DomainError, match="déjà enregistré"):
        answer(invitation=invitation, values={"note": 0})

    assert sealed_answers() == [{"note": 8, "utile": 4, "accueil": 5, "mot": "Merci\nbeaucoup"}]
    assert SurveyInvitation.objects.get().answered


def test_a_closed_survey_takes_no_answer_and_uses_up_no_invitation() -> None:
    survey = open_one(1)
    end(survey)

    with pytest.raises(DomainError, match="fermé"):
        answer(invitation=survey.invitations.get(), values={"note": 8})
    assert not SurveyInvitation.objects.get().answered
    assert not SealedResponse.objects.exists()


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        ({}, "note"),
        ({"note": 11}, "note"),
        ({"note": -1}, "note"),
        ({"note": True}, "note"),
        ({"note": 5, "utile": 6}, "utile"),
        ({"note": 5, "accueil": 0}, "accueil"),
        ({"note": 5, "mot": "a\0b"}, "mot"),
        ({"note": 5, "mot": "x" * 2001}, "mot"),
    ],
)
def test_an_answer_out_of_bounds_is_refused_beside_its_field(bad: dict[str, Any], field: str) -> None:
    survey = open_one(1)

    with pytest.raises(DomainError) as refusal:
        answer(invitation=survey.invitations.get(), values=bad)
    assert refusal.value.field == field
    assert not SealedResponse.objects.exists()
    assert not SurveyInvitation.objects.get().answered


def test_each_answer_gives_every_answer_a_new_id_and_another_cipher() -> None:
    survey = open_one(3)
    ids: set[object] = set()
    tokens: set[str] = set()
    for number, invitation in enumerate(survey.invitations.all(), start=1):
        answer(invitation=invitation, values={"note": number})
        rows = list(SealedResponse.objects.all())
        assert len(rows) == number
        assert not {row.pk for row in rows} & ids
        assert not {row.sealed for row in rows} & tokens
        ids |= {row.pk for row in rows}
        tokens |= {row.sealed for row in rows}


def test_what_is_sealed_tells_neither_its_length_nor_its_time() -> None:
    survey = open_one(4)
    texts = ("", "Oui", "Un mot long " * 160, "🙂" * TEXT_LENGTH)
    sizes = set()
    for invitation, text in zip(survey.invitations.all(), texts, strict=True):
        answer(invitation=invitation, values={"note": 8, "mot": text})
        tokens = list(SealedResponse.objects.values_list("sealed", flat=True))
        sizes |= {len(token) for token in tokens}
        assert {token[:11] for token in tokens} == {"gAAAAAAAAAA"}  # Fernet's version and its time: none
    assert len(sizes) == 1  # from one backup to the next, none says that a long text has come


def test_a_full_grid_and_every_choice_take_the_room_of_an_empty_answer() -> None:
    long = [f"{number} « {'é' * 100} »" for number in range(20)]
    kinds = (Kind.MATRIX, Kind.MULTIPLE, Kind.CHOICE, Kind.YES_NO, Kind.TEXT)
    questions = [
        {"key": str(kind), "kind": str(kind), "options": long, "rows": long, "required": False}
        for kind in kinds
    ]
    full = {
        "matrix": dict.fromkeys(long, 5),
        "multiple": long,
        "choice": long[-1],
        "yesno": False,
        "text": "\n" * TEXT_LENGTH,
    }
    assert set(full) == {str(kind) for kind in kinds}
    room = room_for(questions)
    assert len(sealed(full, seal="0" * 64, room=room)) == len(sealed({}, seal="0" * 64, room=room))


def test_an_old_secret_still_opens_and_a_lost_one_loses_no_row(settings: Any, caplog: Any) -> None:
    survey = open_one(5)
    answers(survey, [1, 2])
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-secret-" * 5
    answers(survey, [3])
    settings.SECRET_KEY_FALLBACKS = []
    end(survey)
    answered = SealedResponse.objects.count()
    SealedResponse.objects.create(survey=survey, sealed=sealed({"note": 4}, seal="0" * 64))
    SealedResponse.objects.create(survey=survey, sealed=sealed({"note": 4}, seal="0" * 64))
    with caplog.at_level(logging.ERROR):
        assert not unseal(survey=survey)
    assert "sealed under another SECRET_KEY" in caplog.text
    assert SealedResponse.objects.count() == answered + 2


def test_nothing_is_opened_while_somebody_may_still_answer() -> None:
    survey = open_one(6)
    answers(survey, [10, 9, 8, 7, 6])
    assert unseal_due() == 0
    assert not SurveyResponse.objects.exists()
    answers(survey, [5])  # the last one
    assert unseal_due() == 1
    assert scores() == [5, 6, 7, 8, 9, 10]
    survey.refresh_from_db()
    assert survey.unsealed_at
    assert not survey.seal
    assert survey.closes_at <= timezone.now()
    assert not SealedResponse.objects.exists()


def test_four_answers_stay_sealed_until_others_join_them() -> None:
    activity = make_activity()
    small, other, big = (open_one(6, activity) for _ in range(3))
    answers(small, [1, 2, 3, 4])
    answers(big, [7] * 6)
    end(small)
    assert not unseal(survey=small)
    assert scores() == [7] * 6  # the big one alone
    answers(other, [5])
    end(other)
    assert unseal(survey=small)
    assert scores() == [1, 2, 3, 4, 5, *[7] * 6]
    small.refresh_from_db()
    other.refresh_from_db()
    assert small.unsealed_at == other.unsealed_at
    assert (small.responses.count(), other.responses.count()) == (4, 1)


def test_the_one_answer_of_a_small_session_is_not_told_apart_from_those_it_was_opened_with() -> None:
    """Where the single answer of a session lands is left to chance among the five."""
    landed = set()
    for _ in range(40):
        activity = make_activity()
        alone, others = open_one(2, activity), open_one(5, activity)
        answers(alone, [0])
        answers(others, [10] * 4)
        end(alone)
        end(others)
        unseal_due()
        landed.add(alone.responses.get().score)
        if landed == {0, 10}:
            return
    pytest.fail(f"In forty turns always {landed}")


def test_once_opened_nobody_knows_who_had_answered() -> None:
    survey = open_one(7)
    answers(survey, [5] * 5)
    assert survey.invitations.filter(answered=True).count() == 5
    end(survey)
    unseal_due()
    assert survey.invitations.filter(answered=True).count() == 7
    with pytest.raises(DomainError, match="fermé"):
        answer(invitation=survey.invitations.first(), values={"note": 5})  # type: ignore[arg-type]


def test_what_one_person_said_is_on_no_row_together() -> None:
    """Thirty people whose three answers all say the same thing: dealt anew, rows mix them."""
    survey = open_one(30)
    for number, invitation in enumerate(survey.invitations.all()):
        step = 1 + number % 5
        values = {"note": step, "utile": step, "accueil": step, "mot": f"Texte {step}"}
        answer(invitation=invitation, values=values)
    unseal_due()
    rows = list(SurveyResponse.objects.all())
    assert sorted(row.score for row in rows) == sorted(row.answers["utile"] for row in rows)
    together = sum(row.score == row.answers["utile"] == row.answers["accueil"] for row in rows)
    assert together < 12  # by chance, one in twenty-five
    assert SurveyText.objects.count() == 30
    assert {"mot"} == set(SurveyText.objects.values_list("key", flat=True))
    assert not any("mot" in row.answers for row in rows)


def test_an_answer_leaves_no_time_no_person_and_no_line(caplog: pytest.LogCaptureFixture) -> None:
    survey = open_one(5)
    before = JournalEntry.objects.count()
    with caplog.at_level(logging.DEBUG):
        caplog.clear()
        answers(survey, [8] * 5, mot="Un mot à moi")
        unseal_due()

    def fields(model: Any) -> set[str]:
        return {field.name for field in model._meta.fields}

    assert fields(SealedResponse) == {"id", "survey", "sealed"}
    assert fields(SurveyResponse) == {"id", "survey", "score", "answers", "imported"}
    assert fields(SurveyText) == {"id", "survey", "key", "text", "hidden"}
    assert fields(SurveyInvitation) == {"id", "survey", "registration", "answered"}
    assert JournalEntry.objects.count() == before
    assert not [record for record in caplog.records if not record.name.startswith("django.db")]


def test_importing_again_replaces_the_imported_answers_and_no_other() -> None:
    survey = open_one(6)
    answers(survey, [1])

    replace_imported_responses(session=survey.session, scores=[8, 9])
    replace_imported_responses(session=survey.session, scores=[7, 7, 7])
    answers(survey, [2, 3, 4, 5, 6])
    unseal_due()

    assert sorted(SurveyResponse.objects.filter(imported=True).values_list("score", flat=True)) == [7, 7, 7]
    own = SurveyResponse.objects.filter(imported=False)
    assert sorted(own.values_list("score", flat=True)) == [1, 2, 3, 4, 5, 6]


def test_an_imported_survey_is_over_at_once() -> None:
    session = make_session(days=-30, imported=True)

    survey = replace_imported_responses(session=session, scores=[8])

    assert survey.closes_at == survey.unsealed_at == session.ends_at
    assert not survey.invitations.exists()
    with pytest.raises(DomainError):
        replace_imported_responses(session=session, scores=[11])
