"""Who trains assesses with a keyboard and with a thumb; the coordination reads its rule as it types."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from events.domain.sessions import SlotTimes
from events.models import SessionRole
from members.domain.organisations import name_coordinator, open_organisation
from tests.browser.conftest import DESK, PHONE
from tests.browser.test_journey import World, an_hour_in
from tests.factories import make_home, make_registration, make_session, make_training, make_user
from trainings.models import Assessment, TrainingSettings

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(live_server: Any, open_page: Any, look: Any) -> World:
    return World(live_server.url, open_page, look)


def planned(training: Any) -> Any:
    start = timezone.now() + timedelta(days=2)
    return make_session(training.activitypage_ptr, slots=[SlotTimes(start, start + timedelta(hours=3))])


def test_assessing_with_a_thumb_and_with_keys_alone(world: World) -> None:
    make_home()
    session = planned(make_training(title="Leader"))
    ana = make_registration(session, first_name="Ana", last_name="Aubert", email="ana@example.org")
    bea = make_registration(session, first_name="Bea", last_name="Bazin", email="bea@example.org")
    an_hour_in(session)
    trainer = make_user(email="forme@example.org", first_name="Hélène")
    SessionRole.objects.create(
        session=session, role=SessionRole.Role.TRAINER, name="Une formatrice", user=trainer
    )

    page = world.open_page(PHONE)
    world.sign_in(page, trainer)
    page.goto(f"{world.url}/animation/{session.pk}/")
    page.get_by_role("link", name="Évaluation des acquis").click()
    page.get_by_role("button", name="Tout acquis : Ana Aubert").click()
    page.get_by_role("group", name="Bea Bazin, Repérer").get_by_label("En cours").check()
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("alert")).to_contain_text("Évaluez chaque objectif")
    world.look(page, "training-1-half-a-line")
    assert not Assessment.objects.exists()
    # Nothing is lost: one choice more, and both people are assessed. The arrows move along a row.
    page.get_by_role("group", name="Bea Bazin, Aborder").get_by_label("Non évalué").focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("C’est noté pour 2 personnes.")).to_be_visible()
    said = {(a.registration_id, a.objective): a.level for a in Assessment.objects.all()}
    assert said == {
        (ana.pk, "Repérer"): "acquired",
        (ana.pk, "Aborder"): "acquired",
        (bea.pk, "Repérer"): "partly",
        (bea.pk, "Aborder"): "not_yet",
    }
    world.look(page, "training-2-assessed")


def test_a_rule_is_read_while_it_is_typed(world: World) -> None:
    make_home()
    organisation = open_organisation(
        name="MOTS", short_name="MOTS", slug="mots", email="mots@example.org", by=None
    )
    training = make_training(organisation, title="Leader")
    planned(training)
    coordinator = make_user(email="coordination@example.org", first_name="Coco")
    name_coordinator(organisation=organisation, user=coordinator, by=None)
    page = world.open_page(DESK)
    world.sign_in(page, coordinator)
    page.goto(f"{world.url}/admin/dispositifs/{training.pk}/formation/")
    expect(page.get_by_label("Durée, en heures")).to_be_hidden()
    page.get_by_label("Au moins une certaine durée.").check()
    page.get_by_label("Durée, en heures").fill("2,5")
    expect(page.locator("[data-rule-said]")).to_contain_text("au moins 2 h 30 sur les 3 h prévues")
    world.look(page, "training-3-rule")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("sont enregistrés")).to_be_visible()
    assert TrainingSettings.objects.get().required == 150
