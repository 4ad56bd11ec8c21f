"""The public pages and form states that ``test_public_pages`` looks at: one line each.

A line names a page and makes what it shows; it returns the page's address, and may first act in the
browser (a form sent with errors, an outcome).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page
from wagtail.models import Site

from events.domain.attendee_links import create_link
from events.domain.links import attendees_token, invitation_token, registration_token
from events.domain.sessions import cancel_session
from events.models import ActivityPage, Session, SessionRole, Survey, SurveyInvitation
from members.models import User
from pages.models import ContentPage, HomePage, OrganisationPage
from tests.factories import (
    make_activity,
    make_admin,
    make_home,
    make_registration,
    make_session,
    make_user,
)
from tests.questionnaires import every_kind
from trainings.models import TrainingPage


@dataclass
class World:
    home: HomePage
    activity: ActivityPage
    training: TrainingPage
    content: ContentPage
    open: Session
    full: Session
    soon: Session
    cancelled: Session
    started: Session
    closed: Session
    moved: Session
    application: Session
    past: Session
    private: str
    survey: str
    user: User

    @property
    def organisation(self) -> OrganisationPage:
        return OrganisationPage.objects.get(organisation=self.activity.organisation)


def make_world() -> World:
    """Each state of a session once, below one activity, so that lists show them all."""
    home = make_home()
    Site.objects.update(root_page=home)
    Site.clear_site_root_paths_cache()
    activity = make_activity(audience="Tous les professionnels de santé", hue="sun")
    parent = OrganisationPage.objects.get(organisation=activity.organisation)
    training = parent.add_child(
        instance=TrainingPage(
            title="Formation Leader",
            slug="leader",
            summary="Veiller sur ses pairs",
            organisation=activity.organisation,
        )
    )
    parent.add_child(
        instance=TrainingPage(
            title="Repérer la détresse",
            slug="reperer",
            summary="Deux heures pour savoir quoi faire",
            organisation=activity.organisation,
        )
    )
    content = home.add_child(instance=ContentPage(title="Aide", slug="aide", intro="Qui appeler"))
    opened = make_session(
        activity, description="Respirer, se poser.", address="1 quai de l’Ouest", access="Tram A"
    )
    full = make_session(activity, days=20, capacity=1)
    make_registration(full)
    soon = make_session(activity, days=40, opens_at=timezone.now() + timedelta(days=5))
    cancelled = make_session(activity, days=10)
    cancel_session(session=cancelled, reason="La salle est inondée", by=None)
    user = make_user(first_name="Ana", last_name="Martin", profession="60")
    registration = make_registration(opened, email=user.email)
    past = make_session(activity, days=-20)
    now = timezone.now()
    started = make_session(training, days=1, title="Déjà là")
    Session.objects.filter(pk=started.pk).update(starts_at=now - timedelta(hours=1))
    closed = make_session(training, days=6, closes_at=now - timedelta(hours=2))
    moved = make_session(
        training,
        days=8,
        moved_from=now + timedelta(days=1),
        modality="hybride",
        online_url="https://visio.example.org/escale",
    )
    application = make_session(training, days=50, approval=True)
    survey = SurveyInvitation.objects.create(
        survey=Survey.objects.create(
            session=past,
            moment=Survey.Moment.BEFORE,
            questions=every_kind(),
            opened_at=now,
            closes_at=now + timedelta(days=9),
        ),
        registration=make_registration(past, email=user.email),
    )
    return World(
        home=home,
        activity=activity,
        training=training,
        content=content,
        open=opened,
        full=full,
        soon=soon,
        cancelled=cancelled,
        started=started,
        closed=closed,
        moved=moved,
        application=application,
        past=past,
        private=registration_token(registration),
        survey=invitation_token(survey),
        user=user,
    )


def at(page: Page, path: str) -> None:
    page.goto(page.base + path)  # type: ignore[attr-defined]


def session_at(page: Page, session: Session) -> None:
    at(page, f"/sessions/{session.pk}/")


def with_errors(page: Page, world: World) -> None:
    session_at(page, world.open)
    page.get_by_label("Adresse e-mail").fill("pas une adresse")
    page.locator("form").filter(has=page.get_by_label("Prénom")).locator("button").last.click()
    page.wait_for_load_state()


def send(page: Page, path: str, button: str) -> None:
    """A form sent as it came: what is missing, or what follows."""
    at(page, path)
    page.get_by_role("button", name=button).click()
    page.wait_for_load_state()


def mine(page: Page, world: World, path: str, user: User | None = None) -> None:
    """A page of somebody signed in."""
    client = Client()
    client.force_login(user or world.user)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": page.base}  # type: ignore[attr-defined]
    page.context.add_cookies([cookie])
    at(page, path)


def code_asked(page: Page, world: World) -> None:
    at(page, reverse("account_request_login_code"))
    page.get_by_label("Adresse e-mail").fill(world.user.email)
    page.get_by_role("button", name="Recevoir un code").click()
    page.get_by_role("heading", name="Votre code").wait_for()


def several_with_errors(page: Page, world: World) -> None:
    send(page, f"/inscriptions/plusieurs/?dispositif={world.activity.pk}", "M’inscrire aux dates cochées")


def outcome(page: Page, session: Session) -> None:
    session_at(page, session)
    page.get_by_label("Prénom").fill("Ana")
    page.get_by_label("Nom", exact=True).fill("Martin")
    page.get_by_label("Adresse e-mail").fill("ana@example.org")
    page.get_by_label("Profession").select_option("60")
    page.locator("form").filter(has=page.get_by_label("Prénom")).locator("button").last.click()
    page.wait_for_url("**/merci/*")


def refused(page: Page, world: World) -> None:
    """A form whose cookie is gone: 403, in words."""
    session_at(page, world.open)
    page.context.clear_cookies()
    page.get_by_role("button", name="Réserver ma place").click()
    page.get_by_role("heading", level=1).wait_for()


def by_link(page: Page, world: World) -> None:
    """The list of a session, for who leads it without an account."""
    role = SessionRole.objects.create(
        session=world.open, role=SessionRole.Role.TRAINER, name="Une sophrologue"
    )
    link = create_link(role=role, by=make_admin())
    at(page, reverse("events:participants", args=[attendees_token(link)]))


def leading(page: Page, world: World, view: str) -> None:
    """A page of who leads a session to come and one whose sheet is still open."""
    user = make_user()
    for session in (world.open, world.started, world.past):
        SessionRole.objects.create(session=session, role=SessionRole.Role.TRAINER, name="x", user=user)
    mine(page, world, reverse(f"events:{view}", args=[world.open.pk] if view == "attendees" else []), user)


# Name → how a browser gets there. Other areas add their pages here.
PAGES: dict[str, Callable[[Page, World], None]] = {
    "home": lambda page, world: at(page, "/"),
    "organisation": lambda page, world: at(page, world.organisation.url),
    "activity": lambda page, world: at(page, world.activity.url),
    "training": lambda page, world: at(page, world.training.url),
    "training-without-dates": lambda page, world: at(page, world.organisation.url + "reperer/"),
    "content": lambda page, world: at(page, world.content.url),
    "calendar": lambda page, world: at(page, reverse("events:calendar")),
    "calendar-empty": lambda page, world: at(page, reverse("events:calendar") + "?q=introuvable"),
    "past": lambda page, world: at(page, reverse("events:past")),
    "session-open": lambda page, world: session_at(page, world.open),
    "session-full": lambda page, world: session_at(page, world.full),
    "session-soon": lambda page, world: session_at(page, world.soon),
    "session-cancelled": lambda page, world: session_at(page, world.cancelled),
    "session-started": lambda page, world: session_at(page, world.started),
    "session-closed": lambda page, world: session_at(page, world.closed),
    "session-moved": lambda page, world: session_at(page, world.moved),
    "application": lambda page, world: session_at(page, world.application),
    "session-past": lambda page, world: session_at(page, world.past),
    "form-with-errors": with_errors,
    "outcome-confirmed": lambda page, world: outcome(page, world.open),
    "outcome-waiting": lambda page, world: outcome(page, world.full),
    "several": lambda page, world: at(page, f"/inscriptions/plusieurs/?dispositif={world.activity.pk}"),
    "personal": lambda page, world: at(page, f"/inscriptions/{world.private}/"),
    "personal-unknown": lambda page, world: at(page, "/inscriptions/inconnu/"),
    "verify": lambda page, world: at(page, reverse("certificates:verify")),
    "sign-in": lambda page, world: at(page, reverse("account_login")),
    "sign-up": lambda page, world: at(page, reverse("account_signup")),
    "code": lambda page, world: at(page, reverse("account_request_login_code")),
    "subscribe": lambda page, world: at(page, reverse("events:subscribe")),
    "embed": lambda page, world: at(page, reverse("events:embed", args=[world.activity.organisation.slug])),
    "calendar-month": lambda page, world: at(page, reverse("events:calendar") + "?vue=mois"),
    "calendar-nonsense": lambda page, world: at(page, reverse("events:calendar") + "?du=2026-02-30&places=1"),
    "past-of-one": lambda page, world: at(page, reverse("events:past") + f"?dispositif={world.activity.pk}"),
    "subscribe-to-one": lambda page, world: at(
        page, reverse("events:subscribe") + f"?dispositif={world.activity.pk}"
    ),
    "several-with-errors": several_with_errors,
    "session-signed-in": lambda page, world: mine(page, world, f"/sessions/{world.full.pk}/"),
    "survey": lambda page, world: at(page, f"/avis/{world.survey}/"),
    "survey-with-errors": lambda page, world: send(page, f"/avis/{world.survey}/", "Envoyer mes réponses"),
    "search": lambda page, world: at(page, reverse("site_search") + "?q=leader"),
    "search-empty": lambda page, world: at(page, reverse("site_search") + "?q=introuvable"),
    "sign-up-with-errors": lambda page, world: send(page, reverse("account_signup"), "Recevoir mon code"),
    "reset": lambda page, world: at(page, reverse("account_reset_password")),
    "code-asked": code_asked,
    "my-space": lambda page, world: mine(page, world, reverse("my_space")),
    "my-profile": lambda page, world: mine(page, world, reverse("my_profile")),
    "my-calendar": lambda page, world: mine(page, world, reverse("my_calendar")),
    "my-data": lambda page, world: mine(page, world, reverse("my_data")),
    "my-copy": lambda page, world: mine(page, world, reverse("my_copy")),
    "my-erasure": lambda page, world: mine(page, world, reverse("my_erasure")),
    "account-email": lambda page, world: mine(page, world, reverse("account_email")),
    "account-password": lambda page, world: mine(page, world, reverse("account_set_password")),
    "account-factors": lambda page, world: mine(page, world, reverse("mfa_index")),
    "account-sign-out": lambda page, world: mine(page, world, reverse("account_logout")),
    "style": lambda page, world: mine(page, world, reverse("style"), make_admin()),
    "led": lambda page, world: leading(page, world, "led_sessions"),
    "led-session": lambda page, world: leading(page, world, "attendees"),
    "list-by-link": by_link,
    "list-by-dead-link": lambda page, world: at(page, "/participants/x/"),
    "refused": refused,
    "not-found": lambda page, world: at(page, "/rien-ici/"),
}
