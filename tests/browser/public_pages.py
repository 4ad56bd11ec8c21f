"""The public pages and form states that ``test_public_pages`` looks at: one line each.

A line names a page and makes what it shows; it returns the page's address, and may first act in the
browser (a form sent with errors, an outcome).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page
from wagtail.models import Site

from events.domain.links import registration_token
from events.domain.sessions import cancel_session
from events.models import ActivityPage, Session
from pages.models import ContentPage, HomePage, OrganisationPage
from tests.factories import make_activity, make_home, make_registration, make_session
from trainings.models import TrainingPage

RICH = (
    "<p>Une phrase, puis <b>une autre</b>. « Deux points : c’est dit. »</p><ul><li>Un</li><li>Deux</li></ul>"
)


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
    past: Session
    private: str

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
    content = home.add_child(instance=ContentPage(title="Aide", slug="aide", intro="Qui appeler"))
    opened = make_session(
        activity, description="Respirer, se poser.", address="1 quai de l’Ouest", access="Tram A"
    )
    full = make_session(activity, days=20, capacity=1)
    make_registration(full)
    soon = make_session(activity, days=40, opens_at=timezone.now() + timedelta(days=5))
    cancelled = make_session(activity, days=10)
    cancel_session(session=cancelled, reason="La salle est inondée", by=None)
    registration = make_registration(opened)
    return World(
        home=home,
        activity=activity,
        training=training,
        content=content,
        open=opened,
        full=full,
        soon=soon,
        cancelled=cancelled,
        past=make_session(activity, days=-20),
        private=registration_token(registration),
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


def outcome(page: Page, session: Session) -> None:
    session_at(page, session)
    page.get_by_label("Prénom").fill("Ana")
    page.get_by_label("Nom", exact=True).fill("Martin")
    page.get_by_label("Adresse e-mail").fill("ana@example.org")
    page.get_by_label("Profession").select_option("60")
    page.locator("form").filter(has=page.get_by_label("Prénom")).locator("button").last.click()
    page.wait_for_url("**/merci/*")


# Name → how a browser gets there. Other areas add their pages here.
PAGES: dict[str, Callable[[Page, World], None]] = {
    "home": lambda page, world: at(page, "/"),
    "organisation": lambda page, world: at(page, world.organisation.url),
    "activity": lambda page, world: at(page, world.activity.url),
    "training": lambda page, world: at(page, world.training.url),
    "content": lambda page, world: at(page, world.content.url),
    "calendar": lambda page, world: at(page, reverse("events:calendar")),
    "calendar-empty": lambda page, world: at(page, reverse("events:calendar") + "?q=introuvable"),
    "past": lambda page, world: at(page, reverse("events:past")),
    "session-open": lambda page, world: session_at(page, world.open),
    "session-full": lambda page, world: session_at(page, world.full),
    "session-soon": lambda page, world: session_at(page, world.soon),
    "session-cancelled": lambda page, world: session_at(page, world.cancelled),
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
    "not-found": lambda page, world: at(page, "/rien-ici/"),
}
