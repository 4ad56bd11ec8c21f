import pytest
from allauth.account.models import EmailAddress
from django.conf import settings as django_settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from pytest_django.fixtures import Settings
from wagtail.models import GroupPagePermission, Site

from certificates.models import Certificate
from common.models import BasePage
from events.access import attendance_sessions, led_sessions
from events.domain.alerts import Kind, alerts
from events.domain.report import report
from events.domain.survey import FLOOR
from events.models import (
    ActivityPage,
    Answer,
    JournalEntry,
    Message,
    MessageRule,
    Programme,
    QuestionSet,
    Registration,
    Session,
    Survey,
    SurveyResponse,
)
from members.access import coordinated_organisations
from members.models import Organisation, User
from pages.demo import loading, people
from pages.models import HomePage, OrganisationPage

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

PATHS = [
    "/",
    "/aide/",
    "/mentions-legales/",
    "/donnees-personnelles/",
    "/accessibilite/",
    "/cpts-grand-havre/",
    "/cpts-grand-havre/cafe-des-soignants/",
    "/imhotep-normandie/veilleur-guetteur/",
    "/mots/mots-normandie/formation-leader/",
    "/cpts-caen-couronne/sante-experience/",
]


def _counts() -> dict[str, int]:
    models = (
        BasePage,
        Organisation,
        User,
        EmailAddress,
        Session,
        Registration,
        ActivityPage,
        GroupPagePermission,
        Answer,
        JournalEntry,
        Message,
        Programme,
        QuestionSet,
        Certificate,
        SurveyResponse,
    )
    return {model.__name__: model.objects.count() for model in models}


def _load(settings: Settings) -> None:
    settings.DEMO = True
    call_command("load_demo", verbosity=0)


def test_the_demo_is_refused_where_real_people_register(settings: Settings) -> None:
    settings.DEMO = settings.DEBUG = False
    with pytest.raises(CommandError, match="mot de passe public"):
        call_command("load_demo")
    assert not User.objects.exists()


def test_loading_the_demo_twice_changes_nothing_that_was_edited(settings: Settings, client: Client) -> None:
    _load(settings)
    before = _counts()
    home = HomePage.objects.get()
    home.promise = "Autre promesse"
    home.save()
    Session.objects.filter(title="Cohérence cardiaque", imported=False).update(title="Renommée")
    ActivityPage.objects.filter(slug="cafe-des-soignants").update(title="Le Café", slug="le-cafe")
    User.objects.filter(email=people.COORDINATOR).update(first_name="Jeanne")

    _load(settings)

    assert _counts() == before
    assert HomePage.objects.get().promise == "Autre promesse"
    assert Session.objects.filter(title="Renommée").count() == 1
    assert User.objects.get(email=people.COORDINATOR).first_name == "Jeanne"
    assert "Autre promesse" in client.get("/").content.decode()


def test_the_demo_holds_what_a_visitor_wants_to_try(settings: Settings, client: Client) -> None:
    _load(settings)
    for path in PATHS:
        assert client.get(path).status_code == 200, path
    upcoming = Session.objects.filter(status=Session.Status.PUBLISHED).upcoming()
    assert upcoming.filter(waiting__gt=0).exists()
    assert [s for s in upcoming if s.seats_left == 1]
    assert [s for s in upcoming if s.slots.count() == 3]
    assert Session.objects.filter(status=Session.Status.CANCELLED).exists()
    assert {s.starts_at.weekday() for s in upcoming.filter(activity__slug="cafe-des-soignants")} == {3}

    trainer = User.objects.get(email=people.TRAINER)
    to_close = attendance_sessions(trainer).past().filter(completed_at=None)
    assert to_close.get().registrations.count() == 10
    assert led_sessions(trainer).upcoming().exists()

    coordinator = User.objects.get(email=people.COORDINATOR)
    assert coordinated_organisations(coordinator).get().slug == "cpts-grand-havre"
    page = OrganisationPage.objects.get(slug="cpts-grand-havre")
    assert page.permissions_for_user(coordinator).can_add_subpage()
    other = OrganisationPage.objects.get(slug="imhotep-normandie")
    assert not other.permissions_for_user(coordinator).can_edit()
    assert not BasePage.objects.filter(title__icontains="wagtail").exists()
    assert Site.objects.get().site_name == django_settings.WAGTAIL_SITE_NAME
    _check_first_year()
    _check_desk()
    _check_chain()


def test_each_demo_account_signs_in_with_the_password_that_is_printed(settings: Settings) -> None:
    settings.DEMO = True
    loading.load_accounts()
    for email, *_rest in people.ACCOUNTS:
        client = Client()
        response = client.post("/compte/login/", {"login": email, "password": people.PASSWORD})
        assert response.status_code == 302, email
        assert client.get("/mon-espace/").status_code == 200


def _check_first_year() -> None:
    figures = report(activities=ActivityPage.objects.filter(slug="cafe-des-soignants")).as_json()
    assert (figures["participations"], figures["participants"], figures["fill_percent"]) == (151, 84, 105)
    assert (figures["women_percent"], figures["non_member_percent"], figures["satisfaction"]) == (80, 50, 8.4)


def _check_desk() -> None:
    """An alert of each kind but late messages, which the demo's worker would send, and something to try on
    each screen of the coordination."""
    here = Organisation.objects.filter(slug="cpts-grand-havre")
    sessions = Session.objects.filter(activity__organisation__in=here)
    found = {alert.kind for alert in alerts(sessions=sessions, organisations=here)}
    assert found == set(Kind) - {Kind.LATE}
    states = set(Registration.objects.filter(session__in=sessions.upcoming()).values_list("state", flat=True))
    assert states >= {"pending", "confirmed", "waitlisted", "offered", "withdrawn"}
    coming = sessions.upcoming()
    assert coming.filter(approval=True).exclude(professions=[]).exists()
    assert coming.filter(members_first_until__isnull=False, promotion=Session.Promotion.OFFER).exists()
    assert [s for s in coming.filter(question_set__isnull=False) if s.slots.count() == 2]
    assert Answer.objects.filter(registration__session__in=coming, is_need=True).exists()
    assert coming.filter(messages_paused=True).exists()
    assert MessageRule.objects.filter(organisation__in=here, active=True).exists()
    assert Programme.objects.get(organisation__in=here).activities.count() == 2


def _check_chain() -> None:
    """Opinions that are shown, and a document of each kind and state, some of them in My space."""
    shown = Survey.objects.filter(session__imported=False, unsealed_at__isnull=False)
    assert sorted(shown.values_list("session__activity__slug", flat=True)) == [
        "accueil-nouveaux-soignants",
        "formation-leader",
    ]
    assert all(survey.responses.count() >= FLOOR and survey.texts.exists() for survey in shown)
    assert set(Certificate.objects.values_list("status", flat=True)) == set(Certificate.Status.values)
    own = Certificate.objects.filter(registration__user__email=people.PROFESSIONAL)
    assert set(own.values_list("kind", flat=True)) == set(Certificate.Kind.values)
    asked = Survey.objects.filter(unsealed_at=None, invitations__registration__email=people.PROFESSIONAL)
    assert asked.exists()
