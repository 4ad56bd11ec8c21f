"""A « Leader » training of three half-days and a Café, eight people each, from the rule to the report."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from events.domain.room_code import room_token
from events.domain.sessions import SlotTimes
from events.models import Attendance, Session, SessionRole, Survey
from members.domain.organisations import name_coordinator, open_organisation
from members.models import Membership, Organisation, User
from tests.browser.chapters import (
    FORM,
    WALK_INS,
    Kind,
    State,
    address,
    answers_and_results,
    correct,
    documents,
    held,
    inspect,
    own_space,
    report,
)
from tests.browser.conftest import DESK
from tests.browser.story import Story, words
from tests.browser.test_sheet_offline import add, row, stands, status, tap
from tests.clock import Clock, clock, paris
from tests.factories import make_activity, make_admin, make_home, make_session, make_training, make_user

__all__ = ["clock"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def story(clock: Clock, live_server: Any, open_page: Any, look: Any) -> Story:
    clock.set(2027, 3, 1, 10)
    make_home()
    return Story(live_server.url, open_page, look)


@pytest.fixture
def organisation(story: Story) -> Organisation:
    return open_organisation(
        name="CPTS du port", short_name="CPTS port", slug="port", email="port@example.org", by=None
    )


@pytest.fixture
def desk(story: Story, organisation: Organisation) -> Page:
    user = make_user(email="coordination@example.org", first_name="Coco", last_name="Ordination")
    name_coordinator(organisation=organisation, user=user, by=None)
    return story.visit(user, DESK)


@pytest.fixture
def trainer() -> User:
    return make_user(email="forme@example.org", first_name="Hélène", last_name="Formatrice")


def led(session: Session, trainer: User) -> Session:
    SessionRole.objects.create(
        session=session, role=SessionRole.Role.TRAINER, name="Hélène Formatrice", user=trainer
    )
    return session


def test_a_leader_training_of_three_half_days(
    story: Story, clock: Clock, desk: Page, organisation: Organisation, trainer: User
) -> None:
    training = make_training(organisation, title="Leader")
    days = [paris(2027, 3, 18, 9), paris(2027, 3, 25, 9), paris(2027, 4, 1, 9)]
    slots = [SlotTimes(day, day + timedelta(hours=3, minutes=30)) for day in days]
    session = led(make_session(training.activitypage_ptr, title="Leader, printemps", slots=slots), trainer)
    first, second, third = session.slots.order_by("starts_at")

    # The rule, and what is asked before.
    desk.goto(f"{story.url}{reverse('training_settings', args=[training.pk])}")
    desk.get_by_label("Au moins un certain nombre de créneaux.").check()
    desk.get_by_role("spinbutton", name="Nombre de créneaux").fill("2")
    desk.get_by_label("Les acquis doivent aussi être évalués").check()
    expect(desk.get_by_label(re.compile("donne le rôle"))).to_be_disabled()
    desk.get_by_role("button", name="Enregistrer").click()
    expect(desk.get_by_text("sont enregistrés")).to_be_visible()
    page = story.visit(make_admin(), DESK)
    page.goto(f"{story.url}{reverse('training_settings', args=[training.pk])}")
    page.get_by_label(re.compile("donne le rôle")).check()
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("sont enregistrés")).to_be_visible()
    page.context.close()
    desk.goto(f"{story.url}{reverse('questionnaires:copy_standard')}")
    desk.get_by_role("button", name="Copier").click()
    desk.get_by_role("textbox", name="Nom").first.fill("Avant Leader")
    desk.get_by_role("button", name="Enregistrer").last.click()
    desk.goto(f"{story.url}{reverse('activity_settings', args=[training.pk])}")
    desk.get_by_label("Avant", exact=True).select_option(label="Avant Leader")
    desk.get_by_label("À froid", exact=True).select_option(label="Avant Leader")
    desk.get_by_role("button", name="Enregistrer").first.click()

    # Six register; the week before, some answer.
    for name in FORM:
        story.register(session, name, address(name)).context.close()
    convocation = story.links(address("Ana"), "convocation.pdf")[0]
    assert "Leader, printemps" in words(story.paper(desk, "convocation", convocation))
    Membership.objects.create(
        user=User.objects.get(email=address("Ana")),
        organisation=organisation,
        role=Membership.Role.MEMBER,
        since=clock.time.date(),
    )
    clock.set(2027, 3, 15, 9)
    story.minute()
    for name in FORM[:2]:
        story.answer(address(name), "Envoyer mes réponses", note="7")
    assert Survey.objects.get().moment == Survey.Moment.BEFORE

    # First half-day: a phone without a network, somebody late, two who come unannounced.
    clock.set(2027, 3, 18, 9, 40)
    story.minute()
    page = story.sheet(trainer, first)
    page.context.set_offline(True)
    for name in FORM[:5]:
        tap(page, name, "Présent·e")
    tap(page, "Fred", "En retard")
    row(page, "Fred").get_by_role("button", name="30 min").click()
    for name in WALK_INS:
        add(page, f"{name} Vasseur", address(name))
    expect(status(page)).to_contain_text("8\u00a0pointages gardés")
    page.context.set_offline(False)
    expect(row(page, "Hana")).to_be_visible(timeout=20_000)
    expect(status(page)).to_have_text("Tout est enregistré.")
    story.look(page, "leader-1-first-half-day")
    clock.set(2027, 3, 18, 12, 40)
    story.close(page)
    story.look(page, "leader-2-closed")
    page.context.close()

    # Second: two sign in from their own phone, one leaves early, one does not come.
    clock.set(2027, 3, 25, 9, 5)
    for name in FORM[:2]:
        own = story.open_page()
        own.goto(f"{story.url}{reverse('events:here', args=[room_token(slot=second)])}")
        own.get_by_label("L’adresse e-mail de votre inscription").fill(address(name))
        own.get_by_role("button", name="Je suis là").click()
        expect(own.get_by_role("heading", level=1)).to_contain_text("Merci, c’est reçu")
        own.context.close()
    page = story.sheet(trainer, second)
    expect(row(page, "Bea").get_by_label("Présent·e")).to_be_checked()
    tap(page, "Cleo", "Parti·e tôt")
    row(page, "Cleo").get_by_label("Minutes de présence").fill("120")
    tap(page, "Hana", "Absent·e")
    expect(status(page)).to_have_text("Tout est enregistré.")
    page.get_by_role("button", name="Tout le monde est là").click()
    expect(page.locator("[data-count]")).to_have_text("8")
    clock.set(2027, 3, 25, 12, 40)
    story.close(page)
    page.context.close()

    # Third: signed on paper, typed afterwards.
    clock.set(2027, 4, 1, 12, 45)
    page = story.visit(trainer)
    sheet = f"{story.url}{reverse('events:sheet_pdf', args=[third.pk])}"
    assert "Vasseur Hana" in words(story.paper(page, "sheet", sheet))
    page.goto(f"{story.url}{reverse('events:attendance', args=[third.pk])}")
    page.get_by_role("link", name="Saisir depuis le papier").click()
    page.get_by_label("Numéros qui ont signé").fill("1-7")
    page.get_by_role("button", name="Relire les noms").click()
    expect(page.get_by_text("Sans pointage, absent·e")).to_contain_text("Hana Vasseur")
    story.look(page, "leader-3-paper")
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    story.close(page)
    assert Attendance.objects.filter(slot=third, state=State.ABSENT).count() == 1

    # Who trains says what each has acquired: seven complete the training, one becomes référente.
    page.goto(f"{story.url}{reverse('certificates:assessment', args=[session.pk])}")
    for name in (*FORM, *WALK_INS):
        page.get_by_role("button", name=re.compile(f"^Tout acquis.*{name}")).click()
    page.get_by_role("group", name=re.compile("Bea .*Aborder")).get_by_label("En cours").check()
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("C’est noté pour 8 personnes.")).to_be_visible()
    story.look(page, "leader-4-assessed")
    page.context.close()
    assert held(session) == {Kind.PRESENCE: 8, Kind.COMPLETION: 7, Kind.REALISATION: 7}
    referent = Membership.objects.get(role=Membership.Role.REFERENT)
    assert (referent.user.email, referent.organisation) == (address("Ana"), organisation)
    inspect(story, desk, session)
    expect(desk.get_by_text("7 personnes sur 8")).to_be_visible()
    story.look(desk, "leader-5-session")

    correct(story, desk, session, first)
    answers_and_results(story, clock, desk, session)
    documents(story, desk, session)
    own_space(story, session)
    report(story, desk)


def test_a_cafe_of_an_evening(
    story: Story, clock: Clock, desk: Page, organisation: Organisation, trainer: User
) -> None:
    cafe = make_activity(organisation, title="Café des Soignants")
    evening = paris(2027, 3, 18, 19)
    slots = [SlotTimes(evening, evening + timedelta(hours=2))]
    session = led(make_session(cafe, title="Sophrologie", slots=slots), trainer)
    for name in FORM:
        story.register(session, name, address(name)).context.close()
    clock.set(2027, 3, 18, 19, 15)
    page = story.sheet(trainer, session.slots.get())
    for name in WALK_INS:
        add(page, f"{name} Vasseur", address(name))
        expect(row(page, name)).to_be_visible()
    page.get_by_role("button", name="Tout le monde est là").click()
    clock.set(2027, 3, 18, 21, 5)
    story.close(page)
    assert {state for state, _minutes in stands(session).values()} == {State.PRESENT}
    assert held(session) == {Kind.PRESENCE: 8, Kind.COMPLETION: 0, Kind.REALISATION: 0}

    [pdf] = story.links(address("Hana"), "/attestations/pdf/")
    assert "Hana Vasseur" in words(story.paper(page, "cafe-presence", pdf))
    for name in (*FORM, *WALK_INS):  # all of them: it opens at once
        story.answer(address(name), "Envoyer mon avis", note="9")
    story.minute()
    inspect(story, desk, session)
    desk.get_by_role("link", name="Voir les résultats").click()
    expect(desk.get_by_text("9,0/10").first).to_be_visible()
    story.look(desk, "cafe-results")
