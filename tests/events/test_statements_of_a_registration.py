"""Few statements between a click and its answer: they are what a crowd at eight in the evening waits for."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from events.models import Message, MessageRule
from tests.factories import make_activity, make_question_set, make_registration, make_session

pytestmark = pytest.mark.django_db


def test_from_click_to_answer_with_a_rule_and_a_question(
    client: Client, django_assert_num_queries: Any
) -> None:
    activity = make_activity()
    questions = make_question_set({"label": "Repas ?", "kind": "text"}, organisation=activity.organisation)
    session = make_session(activity, question_set=questions)
    MessageRule.objects.create(
        organisation=activity.organisation,
        name="Bienvenue",
        moment="registration",
        audience="confirmed",
        subject="Bienvenue",
        body="Bonjour {prenom}",
        active_since=session.created_at,
    )
    page = reverse("events:register", args=[session.pk])
    question = questions.questions.get()
    data = {
        "first_name": "Zoé",
        "last_name": "Martin",
        "email": "zoe@example.org",
        "profession": "60",
        f"question_{question.pk}": "Végétarien",
    }
    make_registration(session)  # what a process asks once is known
    with django_assert_num_queries(21):
        response = client.post(page, data)
    assert response.status_code == 302
    assert Message.objects.filter(registration__email=data["email"]).count() == 2
