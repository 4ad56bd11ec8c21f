"""Few statements between a click and its answer: they are what a crowd at eight in the evening waits for.

Counted as they are in production: real transactions, whose BEGIN and COMMIT count, and a task in the
database that wakes the worker.
"""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from events.models import Message, MessageRule, Session
from tests.factories import (
    make_activity,
    make_question_set,
    make_registration,
    make_session,
    make_user,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _tasks_in_the_database(settings: Any) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}


def a_session(**fields: Any) -> Session:
    """With a question and a message rule; ``fields`` are the session's."""
    activity = make_activity()
    questions = make_question_set({"label": "Repas ?", "kind": "text"}, organisation=activity.organisation)
    session = make_session(activity, question_set=questions, **fields)
    for audience in ("confirmed", "waiting"):
        MessageRule.objects.create(
            organisation=activity.organisation,
            name="Bienvenue",
            moment="registration",
            audience=audience,
            subject="Bienvenue",
            body="Bonjour {prenom}",
            active_since=session.created_at,
        )
    make_registration(session)  # what a process asks once is known
    DBTaskResult.objects.all().delete()  # no wake-up of the worker waits
    return session


def typed(session: Session) -> dict[str, str]:
    assert session.question_set
    question = session.question_set.questions.get()
    return {
        "first_name": "Zoé",
        "last_name": "Martin",
        "email": "zoe@example.org",
        "profession": "60",
        f"question_{question.pk}": "Végétarien",
    }


@pytest.mark.parametrize("known", [False, True], ids=["newcomer", "known address"])
def test_from_click_to_answer_with_a_rule_and_a_question(
    client: Client, django_assert_num_queries: Any, known: bool
) -> None:
    session = a_session()
    data = typed(session)
    if known:
        make_user(email=data["email"])
    with django_assert_num_queries(15):
        response = client.post(reverse("events:register", args=[session.pk]), data)
    assert response.status_code == 302
    assert Message.objects.filter(registration__email=data["email"]).count() == 2


def test_whoever_joins_the_waiting_list_of_a_full_session(
    client: Client, django_assert_num_queries: Any
) -> None:
    session = a_session(capacity=1)
    data = typed(session)
    with django_assert_num_queries(15):
        response = client.post(reverse("events:register", args=[session.pk]), data)
    assert response.status_code == 302
    session.refresh_from_db()
    assert (session.seats_taken, session.waiting) == (1, 1)


def test_a_second_registration_in_the_same_browser(client: Client, django_assert_num_queries: Any) -> None:
    first, second = a_session(), a_session()
    client.post(reverse("events:register", args=[first.pk]), typed(first))
    data = typed(second)
    with django_assert_num_queries(15):  # the wake-up of the first one waits still
        response = client.post(reverse("events:register", args=[second.pk]), data)
    assert response.status_code == 302
