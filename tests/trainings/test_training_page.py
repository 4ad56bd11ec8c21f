"""The public page of a training, and finding it."""

from decimal import Decimal

import pytest
from wagtail.models import Site

from tests.factories import make_home, make_training
from trainings.models import TrainingModule, TrainingPage, TrainingSettings

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]


@pytest.fixture(autouse=True)
def home() -> None:
    Site.objects.update(root_page=make_home())
    Site.clear_site_root_paths_cache()


@pytest.fixture
def training() -> TrainingPage:
    page = make_training(
        methods="Jeux de rôle",
        hours=Decimal("10.5"),
        prerequisites="Exercer en Normandie",
        trainers="Hélène Marais, psychologue\nUne équipe de MOTS",
        accessibility_contact="handicap@example.org",
    )
    page.modules = [TrainingModule(title="Comprendre", content="Ce qui use", hours=Decimal("3.5"))]
    page.save_revision().publish()
    return page


def read(client, page) -> str:
    return client.get(page.url).text.replace("\u00a0", " ")


def test_the_page_says_what_a_training_owes_to_say(client, training):
    page = read(client, training)
    for said in (
        "Repérer", "Aborder", "Jeux de rôle", "10 h 30", "Exercer en Normandie", "Hélène Marais",
        "psychologue", "Une équipe de MOTS", "Comprendre", "3 h 30", "Ce qui use",
        "mailto:handicap@example.org",
        "à qui a suivi toute la formation.",
    ):  # fmt: skip
        assert said in page, said


def test_dpc_is_said_with_an_action_number_only(client, training):
    assert "DPC" not in read(client, training)
    TrainingSettings.objects.create(activity=training, dpc_number="12345.001", evaluation_required=True)
    page = read(client, training)
    assert "Action n° 12345.001" in page
    assert "dont les acquis sont évalués" in page


def test_a_page_that_says_little_shows_no_empty_part(client):
    page = make_training(objectives="", trainers="", hours=None)
    text = read(client, page)
    for heading in ("À l’issue", "Au programme", "Qui forme", "Comment l’on y travaille", "adaptation"):
        assert heading not in text


def test_a_change_of_the_rule_renews_the_kept_page(settings):
    assert "trainings_trainingsettings" not in settings.TABLES_NO_PAGE_SHOWS


@pytest.mark.parametrize("number", [1, 3])
def test_it_costs_the_same_however_many_modules(client, training, number, django_assert_num_queries):
    training.modules = [TrainingModule(title=f"Module {n}") for n in range(number)]
    training.save_revision().publish()
    client.get(training.url)
    with django_assert_num_queries(17):
        client.get(training.url)
