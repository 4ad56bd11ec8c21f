"""One's account in a real browser: passkeys with a virtual authenticator, the pages with axe."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core import mail
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from members.domain.organisations import name_coordinator, open_organisation
from tests import factories
from tests.browser.conftest import DESK, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

INTERNAL = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def site(live_server: LiveServer) -> str:
    return str(live_server.url).replace("127.0.0.1", "localhost")  # a browser wants a name for a passkey


@contextmanager
def authenticator(page: Page) -> Iterator[Callable[[bool], None]]:
    """A telephone with a fingerprint reader; call it to say whether the finger is the right one."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    added = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": INTERNAL})

    def verified(right: bool) -> None:
        told = {"authenticatorId": added["authenticatorId"], "isUserVerified": right}
        devtools.send("WebAuthn.setUserVerified", told)

    yield verified


def sign_in_with_a_code(page: Page, site: str, email: str, after: str = "/mon-espace/") -> None:
    page.goto(f"{site}/compte/login/code/?next={after}")
    page.get_by_label("Adresse e-mail").fill(email)
    page.get_by_role("button", name="Recevoir un code").click()
    expect(page.get_by_role("heading", name="Votre code")).to_be_visible()
    code = re.findall(r"(?m)^\s*([A-Z0-9]{3,}(?:-[A-Z0-9]+)*)\s*$", mail.outbox[-1].body)[0]
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Confirmer").click()


def sign_out(page: Page, site: str) -> None:
    page.goto(f"{site}/compte/logout/?next=/compte/login/")
    page.get_by_role("button", name="Me déconnecter").click()


def test_a_coordinator_creates_a_passkey_signs_in_with_it_and_removes_it(
    open_page: Callable[..., Page], look: Callable[..., None], site: str
) -> None:
    organisation = open_organisation(name="CPTS A", short_name="A", slug="a", email="a@example.org", by=None)
    user = factories.make_user(email="coco@example.org")
    name_coordinator(organisation=organisation, user=user, by=None)
    page = open_page(PHONE)
    with authenticator(page) as verified:
        sign_in_with_a_code(page, site, user.email, after="/admin/")
        expect(page.get_by_role("heading", name="Protéger les données des autres")).to_be_visible()
        look(page, "account-second-factor")
        page.get_by_role("link", name="Créer ma clé d’accès").click()
        look(page, "account-passkey-add")
        page.get_by_role("button", name="Créer ma clé").click()
        expect(page.get_by_role("heading", name="Codes de secours")).to_be_visible()
        look(page, "account-recovery-codes")
        page.get_by_role("link", name="Continuer là où j’allais").click()
        page.wait_for_url(f"{site}/admin/")

        sign_out(page, site)
        page.goto(f"{site}/compte/login/")
        look(page, "account-sign-in")
        verified(False)
        page.get_by_role("button", name="Utiliser ma clé d’accès").click()
        expect(page.get_by_text("La clé n’a pas répondu")).to_be_visible()
        verified(True)
        page.get_by_role("button", name="Utiliser ma clé d’accès").click()
        page.wait_for_url(f"{site}/mon-espace/")
        assert page.goto(f"{site}/admin/").url == f"{site}/admin/"  # type: ignore[union-attr]

        page.goto(f"{site}/compte/2fa/webauthn/")
        page.get_by_role("link", name="Retirer Ma clé").click()
        if page.get_by_role("button", name="Utiliser ma clé d’accès").is_visible():
            page.get_by_role("button", name="Utiliser ma clé d’accès").click()
        page.get_by_role("button", name="La retirer").click()
        expect(page.get_by_text("Vous n’en avez pas encore.")).to_be_visible()
        page.goto(f"{site}/admin/")
        expect(page.get_by_role("heading", name="Protéger les données des autres")).to_be_visible()


# By night colours change and nothing else: one width shows them.
@pytest.mark.parametrize(("viewport", "scheme"), [(PHONE, "light"), (DESK, "light"), (DESK, "dark")])
def test_every_page_of_an_account_pleases_axe(
    open_page: Callable[..., Page], look: Callable[..., None], site: str, viewport: Any, scheme: Any
) -> None:
    page = open_page(viewport)
    page.emulate_media(color_scheme=scheme)
    for path in ("login/", "signup/", "login/code/", "password/reset/", "password/reset/done/", "inactive/"):
        page.goto(f"{site}/compte/{path}")
        look(page, f"account-{path.strip('/').replace('/', '-')}-{viewport['width']}-{scheme}")
    sign_in_with_a_code(page, site, factories.make_user().email)
    for path in ("email/", "password/set/", "2fa/", "2fa/totp/activate/", "logout/", "deconnexion-partout/"):
        page.goto(f"{site}/compte/{path}")
        look(page, f"account-{path.strip('/').replace('/', '-')}-{viewport['width']}-{scheme}")
        page.set_viewport_size({"width": 320, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
        page.set_viewport_size(viewport)


def test_without_a_script_the_code_still_opens(
    open_page: Callable[..., Page], browser: Any, site: str
) -> None:
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)
    page = context.new_page()
    sign_in_with_a_code(page, site, factories.make_user().email)
    assert page.url == f"{site}/mon-espace/"
    sign_out(page, site)
    page.goto(f"{site}/compte/login/")
    assert not page.get_by_role("button", name="Utiliser ma clé d’accès").is_visible()
    context.close()
