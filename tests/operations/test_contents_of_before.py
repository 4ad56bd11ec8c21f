"""What the release before held says the same after its migrations, there and back, on both engines.

Rich text of pages becomes blocks, live, drafted and in revisions; answers to surveys are sealed if more may
come, dealt anew if not. One way for both, as it takes every migration since.
"""

import uuid
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from wagtail.models import Revision

from common.blocks import prose
from common.rich_text_to_blocks import to_blocks, to_text
from events.domain.survey.sealing import opened
from events.models import ActivityPage, EventPage, Registration, Session, Survey, SurveyInvitation
from pages.models import ContentPage, OrganisationPage
from tests import factories

SURVEYS_BEFORE = [
    ("events", "0012_body_of_blocks"),
    ("trainings", "0001_initial"),
    ("certificates", "0002_initial"),
]
TEXTS_BEFORE = [("events", "0010_spaces_that_hold"), ("pages", "0002_site_settings")]
OF_PEOPLE = ("SurveyInvitation", "SurveyResponse")
GIVEN = [(score, score % 5 + 1, 5 - score % 5, f"Mot {score}") for score in range(10)]


def migrate(targets: list[tuple[str, str]]) -> None:
    MigrationExecutor(connection).migrate(targets)


def forward() -> None:
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


@pytest.mark.django_db(transaction=True)  # the database is made anew afterwards
def test_texts_and_answers_of_before_are_kept() -> None:
    activity = factories.make_activity(body=prose("<p>Pousser la porte.</p>"))
    revision = drafted(activity)
    page = factories.make_home().add_child(
        instance=ContentPage(title="Aide", slug="aide", body=prose("<h2>Ici</h2>"))
    )
    empty = OrganisationPage.objects.get(organisation=activity.organisation)
    first, second = (factories.make_session(activity, capacity=20) for _ in range(2))
    some, others = ([factories.make_registration(each) for _ in range(11)] for each in (first, second))

    migrate(SURVEYS_BEFORE)
    going = answered(first, some, invited=11, closes_in=timedelta(days=9))
    over = answered(second, others, invited=11, closes_in=-timedelta(days=1))
    migrate(TEXTS_BEFORE)
    assert stored("events_activitypage", activity.pk) == "<p>Pousser la porte.</p>"
    assert stored("pages_organisationpage", empty.pk) == ""
    assert Revision.objects.get(pk=revision.pk).content["body"] == "<p>Brouillon « d’essai ».</p>"

    forward()
    assert "Pousser la porte." in str(EventPage.objects.get(pk=activity.pk).body)
    assert "<h2>Ici</h2>" in str(ContentPage.objects.get(pk=page.pk).body)
    assert len(OrganisationPage.objects.get(pk=empty.pk).body) == 0
    draft = Revision.objects.get(pk=revision.pk).as_object()
    assert [block.block_type for block in draft.body] == ["text"]
    assert "Brouillon « d’essai »." in str(draft.body)
    they_are_sealed(Survey.objects.get(pk=going))
    they_are_dealt_anew(Survey.objects.get(pk=over))


def drafted(activity: ActivityPage) -> Revision:
    draft = EventPage.objects.get(pk=activity.pk)
    draft.body = prose("<p>Brouillon « d’essai ».</p>")
    return draft.save_revision()


def stored(table: str, pk: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT body FROM {table} WHERE basepage_ptr_id = %s", [pk])
        return str(cursor.fetchone()[0])


def answered(session: Session, people: list[Registration], *, invited: int, closes_in: timedelta) -> int:
    """A survey of the release before, with ten answers."""
    apps = MigrationExecutor(connection).loader.project_state(SURVEYS_BEFORE).apps
    rows: dict[str, Any] = {name: apps.get_model("events", name).objects for name in ("Survey", *OF_PEOPLE)}
    invitations, responses = (rows[name] for name in OF_PEOPLE)
    now = timezone.now()
    survey = rows["Survey"].create(session_id=session.pk, opened_at=now, closes_at=now + closes_in)
    for number, person in enumerate(people[:invited]):
        invitations.create(survey=survey, registration_id=person.pk, answered=number < len(GIVEN))
    for score, useful, welcome, comment in GIVEN:
        responses.create(
            id=uuid.uuid4(), survey=survey, score=score, useful=useful, welcome=welcome, comment=comment
        )
    return int(survey.pk)


def they_are_sealed(survey: Survey) -> None:
    values = [opened(each.sealed, seal=survey.seal) for each in survey.sealed.all()]
    assert not survey.responses.exists()
    assert not survey.texts.exists()
    assert survey.unsealed_at is None
    assert sorted(values, key=lambda each: each["note"]) == [
        {"note": score, "utile": useful, "accueil": welcome, "mot": comment}
        for score, useful, welcome, comment in GIVEN
    ]


def they_are_dealt_anew(survey: Survey) -> None:
    rows = list(survey.responses.order_by("score"))
    assert survey.unsealed_at is not None
    assert not SurveyInvitation.objects.filter(survey=survey, answered=False).exists()
    assert [row.score for row in rows] == [given[0] for given in GIVEN]
    for key, at in (("utile", 1), ("accueil", 2)):
        assert Counter(row.answers[key] for row in rows) == Counter(given[at] for given in GIVEN)
    assert [(row.answers["utile"], row.answers["accueil"]) for row in rows] != [each[1:3] for each in GIVEN]
    assert sorted(survey.texts.values_list("text", flat=True)) == [given[3] for given in GIVEN]


@pytest.mark.one_engine
def test_what_is_blocks_already_stays() -> None:
    once = to_blocks("<p>Texte</p>")
    assert to_blocks(once) == once
    assert to_text(once) == "<p>Texte</p>"
    assert to_blocks("") == "[]"
    assert to_text("[]") == ""
    assert to_text(to_blocks("[1, 2]")) == "[1, 2]"  # a text that looks like JSON and is none of ours
