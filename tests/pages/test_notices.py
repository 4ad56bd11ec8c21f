"""What the law asks to say, at each form and on the pages that hold it."""

from datetime import date

import pytest
from django.core.management import call_command
from django.test import Client

from certificates.domain.closing import close_sheet
from events.domain import attendance
from events.domain.links import invitation_token
from events.models import SurveyInvitation
from members.models import RetentionPolicy
from pages.models import SiteSettings
from pages.texts import HELP
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
SAID = (
    "Responsable",
    "Pourquoi",
    "Base légale",
    "Qui les lit",
    "Combien de temps",
    "CNIL",
    "/donnees-personnelles/",
)


def survey_page() -> str:
    session, admin = factories.make_session(days=-3), factories.make_admin()
    registration = factories.make_registration(session)
    attendance.mark(slot=session.slots.get(), marks={registration.pk: "present"}, by=admin)
    close_sheet(slot=session.slots.get(), by=admin)
    return f"/avis/{invitation_token(SurveyInvitation.objects.get())}/"


@pytest.mark.parametrize("form", ["registration", "survey", "account", "person", "profile"])
def test_each_form_says_who_why_and_how_long(client: Client, form: str) -> None:
    RetentionPolicy.objects.create(registration_years=5, invitation_months=11, account_years=4)
    session = factories.make_session()
    path = {
        "registration": lambda: f"/sessions/{session.pk}/",
        "survey": survey_page,
        "account": lambda: "/compte/signup/",
        "person": lambda: f"/admin/inscriptions/ajouter/{session.pk}/",
        "profile": lambda: "/mon-espace/profil/",
    }[form]()
    if form in ("person", "profile"):
        client.force_login(factories.make_admin())
    if form == "person":
        from django.urls import reverse

        path = reverse("registrations:add", args=[session.pk])
    page = client.get(path).text
    for words in SAID:
        assert words in page, words
    number = {"survey": "11 mois", "account": "4 ans", "profile": "4 ans"}.get(form, "5 ans")
    assert number in page


def test_the_privacy_page_says_the_periods_in_force(client: Client) -> None:
    call_command("open_site", verbosity=0)
    RetentionPolicy.objects.create(registration_years=5)
    SiteSettings.objects.create(contact_email="droits@example.org")
    page = client.get("/donnees-personnelles/").text.replace("\xa0", " ").replace("&nbsp;", " ")
    assert "Inscriptions et présences : 5 ans" in page
    assert "droits@example.org" in page
    assert "Cookies" in page


def test_the_accessibility_statement_says_the_state_and_the_recourse(client: Client) -> None:
    call_command("open_site", verbosity=0)
    page = client.get("/accessibilite/").text
    for words in (
        "non conforme",
        "Aucun audit",
        "Ce qui n’est pas accessible",
        "Défenseur des droits",
        "trois ans",
    ):
        assert words in page
    SiteSettings.objects.create(accessibility="partial", contact_email="acces@example.org")
    page = client.get("/accessibilite/").text
    assert "partiellement conforme" in page
    assert "acces@example.org" in page


def test_an_audit_that_failed_is_said_with_its_date(client: Client) -> None:
    call_command("open_site", verbosity=0)
    SiteSettings.objects.create(accessibility="none", audited_on=date(2026, 3, 1))
    page = client.get("/accessibilite/").text
    assert "L’audit du 1er mars 2026" in page.replace("\N{NO-BREAK SPACE}", " ")
    assert "moins de la moitié" in page
    assert "Aucun audit" not in page


def test_help_points_to_what_is_on_the_record_only() -> None:
    assert "0608 282 589" in HELP.body
    assert "3114" not in HELP.body
    assert "appelez les secours" in HELP.body
