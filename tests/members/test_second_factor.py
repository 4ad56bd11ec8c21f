"""Who needs a second factor, when it counts, and how it is lost and found again."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core import mail
from django.test import Client
from django.urls import reverse

from common.errors import DomainError
from events.models import JournalEntry, Message, SessionRole
from members.domain.coordination import end_coordination
from members.domain.organisations import name_coordinator, open_organisation
from members.domain.second_factor import end_sessions, needs_second_factor, remove_second_factor
from members.models import Membership, User
from tests import factories
from tests.factors import sign_in_with_one, use_second_factor

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

ASKED = "/compte/deuxieme-facteur/"
PASSWORD = "Une-escale-2026!"


@pytest.fixture
def coordinator() -> User:
    organisation = open_organisation(name="CPTS A", short_name="A", slug="a", email="a@example.org", by=None)
    user = factories.make_user(password=PASSWORD)
    name_coordinator(organisation=organisation, user=user, by=None)
    return User.objects.get(pk=user.pk)


def asked(client: Client, url: str = "/admin/") -> bool:
    return client.get(url).get("Location", "").startswith(ASKED)


def totp_code(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def test_a_professional_needs_none(client):
    user = factories.make_user()
    sign_in_with_one(client, user)
    assert not needs_second_factor(user)
    assert client.get("/mon-espace/").status_code == 200
    assert client.get("/animation/").status_code == 200


@pytest.mark.parametrize(
    ("role", "needed"),
    [("animation", True), ("formation", True), ("intervention", False), ("moderation", False)],
)
def test_it_is_those_who_lead_a_session_that_need_one(client, role, needed):
    user = factories.make_user()
    session = factories.make_session()
    sign_in_with_one(client, user)
    assert not asked(client, "/animation/")
    added = SessionRole.objects.create(session=session, role=role, name="X", user=user)
    assert asked(client, "/animation/") is needed, "a role given counts at once"
    added.delete()
    assert not asked(client, "/animation/")


def test_a_coordination_taken_away_closes_the_admin_at_once(client, coordinator):
    client.force_login(coordinator)
    assert client.get("/admin/").status_code == 200
    end_coordination(membership=Membership.objects.get(user=coordinator), by=factories.make_admin())
    assert client.get("/admin/").status_code == 404


def test_a_coordination_given_during_a_session_asks_at_once(client):
    user = factories.make_user()
    sign_in_with_one(client, user)
    assert client.get("/admin/").status_code == 404
    organisation = open_organisation(name="CPTS A", short_name="A", slug="a", email="a@example.org", by=None)
    name_coordinator(organisation=organisation, user=user, by=None)
    assert asked(client)


def test_the_page_leads_back_to_where_one_was_going(client, coordinator):
    sign_in_with_one(client, coordinator)
    page = client.get("/admin/sessions/?q=a", follow=True)
    assert page.redirect_chain == [(f"{ASKED}?next=%2Fadmin%2Fsessions%2F%3Fq%3Da", 302)]
    assert "Créer ma clé d’accès" in page.content.decode()
    use_second_factor(client, coordinator)
    assert client.get(f"{ASKED}?next=/admin/sessions/%3Fq=a").url == "/admin/sessions/?q=a"


@pytest.mark.parametrize(
    "elsewhere", ["https://example.com/", "//example.com", "javascript:alert(1)", "\\\\x"]
)
def test_the_page_leads_nowhere_else(client, coordinator, elsewhere):
    client.force_login(coordinator)
    assert client.get(ASKED, {"next": elsewhere}).url == reverse("my_space")


def test_it_counts_for_one_working_day(client, coordinator):
    use = {"user": coordinator}
    sign_in_with_one(client, coordinator)
    use_second_factor(client, **use, hours_ago=11)
    assert not asked(client)
    use_second_factor(client, **use, hours_ago=13)
    assert asked(client)
    assert not client.post("/admin/sessions/new/", {}).get("Location", "").startswith(ASKED), (
        "a form is not lost"
    )
    use_second_factor(client, **use, hours_ago=15)
    assert client.post("/admin/sessions/new/", {}).url == ASKED


def test_it_is_not_carried_over_to_somebody_else(client, coordinator):
    use_second_factor(client, coordinator)
    records = dict(client.session.items())
    sign_in_with_one(client, factories.make_admin())
    session = client.session
    session["account_authentication_methods"] = records["account_authentication_methods"]
    session["account_authentication_methods_user"] = str(coordinator.pk)
    session.save()
    assert asked(client)


@pytest.mark.django_db(transaction=True)  # allauth tells of it once it is committed
def test_enrolling_the_first_one_opens_and_signs_other_browsers_out(client, coordinator):
    elsewhere = sign_in_with_one(Client(), coordinator)
    sign_in_with_one(client, coordinator)
    assert asked(client)
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    answer = client.post(reverse("mfa_activate_totp"), {"code": totp_code(secret)})
    assert answer.url == reverse("mfa_view_recovery_codes")
    assert "Codes de secours" in client.get(answer.url).content.decode()
    assert client.get("/admin/").status_code == 200
    assert elsewhere.get("/mon-espace/").url.startswith("/compte/login/")
    assert mail.outbox[-1].subject == "Une application de codes a été ajoutée"


def test_a_session_without_it_cannot_give_itself_another(client, coordinator):
    """Not even with the password: whoever has a second factor confirms with it."""
    TOTP.activate(coordinator, generate_totp_secret())
    sign_in_with_one(client, coordinator)
    session = client.session
    session["account_authentication_methods"][1]["at"] -= 3600
    session.save()
    answer = client.get(reverse("mfa_add_webauthn"))
    assert answer.url.startswith(reverse("mfa_reauthenticate"))
    assert asked(client)


def test_a_session_that_has_one_unused_is_asked_to_use_it(client, coordinator):
    secret = generate_totp_secret()
    TOTP.activate(coordinator, secret)
    sign_in_with_one(client, coordinator)
    page = client.get("/admin/", follow=True).content.decode()
    assert "Avec un code" in page
    assert "Créer ma clé" not in page
    url = reverse("mfa_reauthenticate") + "?next=/admin/"
    assert client.post(url, {"code": "000000", "next": "/admin/"}).status_code == 200
    assert asked(client)
    answer = client.post(url, {"code": totp_code(secret), "next": "/admin/"})
    assert (answer.status_code, answer.url) == (302, "/admin/")
    assert client.get("/admin/").status_code == 200


def test_signing_in_asks_whoever_has_one_and_a_recovery_code_serves_once(client, coordinator):
    TOTP.activate(coordinator, generate_totp_secret())
    code = RecoveryCodes.activate(coordinator).get_unused_codes()[0]
    for expected in (reverse("my_space"), None):
        answer = client.post(
            reverse("account_login"), {"login": coordinator.email, "password": PASSWORD}, follow=True
        )
        if "code" in answer.redirect_chain[-1][0] or "confirm" in answer.redirect_chain[-1][0]:
            answer = client.post(answer.redirect_chain[-1][0], {"code": _mailed_code()}, follow=True)
        assert answer.redirect_chain[-1][0] == reverse("mfa_authenticate")
        assert "Utiliser ma clé d’accès" not in answer.text  # they have none
        assert client.get("/admin/").url.startswith("/compte/login/")
        answer = client.post(reverse("mfa_authenticate"), {"code": code})
        assert answer.get("Location") == expected
        client.logout()


def _mailed_code() -> str:
    return re.findall(r"(?m)^\s*([A-Z0-9]{3,}(?:-[A-Z0-9]+)*)\s*$", mail.outbox[-1].body)[0]


def test_removing_ones_last_one_closes(client, coordinator):
    TOTP.activate(coordinator, generate_totp_secret())
    client.force_login(coordinator)
    client.post(reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.filter(user=coordinator).exists()
    assert asked(client)


def test_an_administrator_takes_a_lost_one_away(client, coordinator):
    TOTP.activate(coordinator, generate_totp_secret())
    RecoveryCodes.activate(coordinator)
    client.force_login(coordinator)
    admin = factories.make_admin()
    assert remove_second_factor(user=coordinator, by=admin) == 2
    assert client.get("/mon-espace/").url.startswith("/compte/login/"), "signed out"
    entry = JournalEntry.objects.get(action="escale.second_factor_removed")
    assert (entry.user_id, entry.object_id) == (admin.pk, str(coordinator.pk))
    assert coordinator.email not in f"{entry.data}{entry.label}"


def test_nobody_else_takes_it_away(coordinator):
    TOTP.activate(coordinator, generate_totp_secret())
    admin = factories.make_admin()
    TOTP.activate(admin, generate_totp_secret())
    for user, by in ((coordinator, factories.make_user()), (admin, coordinator), (admin, admin)):
        with pytest.raises(DomainError):
            remove_second_factor(user=user, by=by)
    assert Authenticator.objects.count() == 2


def test_the_demo_does_without(client, coordinator, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    sign_in_with_one(client, coordinator)
    assert client.get("/admin/").status_code == 200


def test_signing_out_everywhere_ends_every_session(client, coordinator):
    elsewhere = Client()
    for browser in (client, elsewhere):
        browser.force_login(coordinator)
    assert client.get(reverse("sign_out_everywhere")).status_code == 200
    assert elsewhere.get("/mon-espace/").status_code == 200
    assert client.post(reverse("sign_out_everywhere")).url == reverse("account_login")
    for browser in (client, elsewhere):
        assert browser.get("/mon-espace/").url.startswith("/compte/login/")


def test_a_changed_password_signs_other_browsers_out(client, coordinator):
    elsewhere = Client()
    for browser in (client, elsewhere):
        browser.force_login(coordinator)
    new = "Une autre escale, en 2027 !"
    data = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert client.post(reverse("account_change_password"), data).status_code == 302
    assert client.get("/mon-espace/").status_code == 200
    assert elsewhere.get("/mon-espace/").url.startswith("/compte/login/")


def test_signing_in_renews_the_session_key(client, coordinator):
    client.get(reverse("account_login"))
    session = client.session
    session["before"] = "1"
    session.save()
    before = client.session.session_key
    client.post(reverse("account_request_login_code"), {"email": coordinator.email})
    client.post(reverse("account_confirm_login_code"), {"code": _mailed_code()})
    assert client.get("/mon-espace/").status_code == 200
    assert client.session.session_key != before


def test_a_session_of_another_version_is_over(client, coordinator):
    client.force_login(coordinator)
    end_sessions(user=coordinator)
    assert client.get("/mon-espace/").url.startswith("/compte/login/")


def test_an_administrator_does_it_in_the_admin_once_the_person_is_known(client, coordinator):
    TOTP.activate(coordinator, generate_totp_secret())
    client.force_login(factories.make_admin())
    url = reverse("remove_second_factor", args=[coordinator.pk])
    assert url in client.get(reverse("wagtailusers_users:index")).content.decode()
    assert "J’ai vérifié" in client.get(url).content.decode()
    assert client.post(url, {}).status_code == 422
    assert Authenticator.objects.exists()
    assert client.post(url, {"checked": "on"}).url == reverse("wagtailusers_users:index")
    assert not Authenticator.objects.exists()
    message = Message.objects.get(recipient=coordinator.email)
    assert message.subject == "Votre deuxième facteur a été retiré"
    assert message.organisation is None
    assert client.post(url, {"checked": "on"}).status_code == 422, "there is nothing left"
