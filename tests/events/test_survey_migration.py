"""Answers of the release before are sealed if more may come, dealt anew if not, on both engines."""

import uuid
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from events.domain.survey.sealing import opened
from events.models import Registration, Session, Survey, SurveyInvitation
from tests import factories

BEFORE = [("events", "0012_body_of_blocks"), ("trainings", "0001_initial"), ("certificates", "0002_initial")]
OF_PEOPLE = ("SurveyInvitation", "SurveyResponse")
GIVEN = [(score, score % 5 + 1, 5 - score % 5, f"Mot {score}") for score in range(10)]


@pytest.fixture
def at_the_end(transactional_db: None) -> Any:
    yield
    forward()


def forward() -> None:
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def answered(session: Session, people: list[Registration], *, invited: int, closes_in: timedelta) -> int:
    """A survey of the release before, with ten answers."""
    apps = MigrationExecutor(connection).loader.project_state(BEFORE).apps
    stored = {name: apps.get_model("events", name).objects for name in ("Survey", *OF_PEOPLE)}
    invitations, responses = (stored[name] for name in OF_PEOPLE)
    now = timezone.now()
    survey = stored["Survey"].create(session_id=session.pk, opened_at=now, closes_at=now + closes_in)
    for number, person in enumerate(people[:invited]):
        invitations.create(survey=survey, registration_id=person.pk, answered=number < len(GIVEN))
    for score, useful, welcome, comment in GIVEN:
        responses.create(
            id=uuid.uuid4(), survey=survey, score=score, useful=useful, welcome=welcome, comment=comment
        )
    return survey.pk


@pytest.mark.usefixtures("at_the_end")
def test_answers_of_before_are_sealed_or_dealt_anew() -> None:
    activity = factories.make_activity()
    first, second = (factories.make_session(activity, capacity=20) for _ in range(2))
    some, others = ([factories.make_registration(each) for _ in range(11)] for each in (first, second))
    MigrationExecutor(connection).migrate(BEFORE)
    going = answered(first, some, invited=11, closes_in=timedelta(days=9))
    over = answered(second, others, invited=11, closes_in=-timedelta(days=1))

    forward()

    survey = Survey.objects.get(pk=going)
    values = [opened(each.sealed, seal=survey.seal) for each in survey.sealed.all()]
    assert not survey.responses.exists()
    assert not survey.texts.exists()
    assert survey.unsealed_at is None
    assert sorted(values, key=lambda each: each["note"]) == [
        {"note": score, "utile": useful, "accueil": welcome, "mot": comment}
        for score, useful, welcome, comment in GIVEN
    ]
    survey = Survey.objects.get(pk=over)
    rows = list(survey.responses.order_by("score"))
    assert survey.unsealed_at is not None
    assert not SurveyInvitation.objects.filter(survey=survey, answered=False).exists()
    assert [row.score for row in rows] == [given[0] for given in GIVEN]
    for key, at in (("utile", 1), ("accueil", 2)):
        assert Counter(row.answers[key] for row in rows) == Counter(given[at] for given in GIVEN)
    assert [(row.answers["utile"], row.answers["accueil"]) for row in rows] != [each[1:3] for each in GIVEN]
    assert sorted(survey.texts.values_list("text", flat=True)) == [given[3] for given in GIVEN]
