"""Pro Santé Connect, against a provider that checks what it is asked."""

import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.core import mail
from django.test import Client
from django.urls import reverse

from members.models import User
from tests import factories
from tests.members.mock_psc import CLIENT, SECRET, Provider, serving

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

LOGIN = "/compte/oidc/psc/login/"
SUBJECT = "899700218896"


@pytest.fixture
def psc(settings: Any) -> Iterator[Provider]:
    with serving() as provider:
        providers = deepcopy(settings.SOCIALACCOUNT_PROVIDERS)
        providers["openid_connect"]["APPS"] = [
            {
                "provider_id": "psc",
                "name": "Pro Santé Connect",
                "client_id": CLIENT,
                "secret": SECRET,
                "settings": {
                    "server_url": provider.server_url,
                    "scope": ["openid", "scope_all"],
                    "auth_params": {"acr_values": "eidas1"},
                    "uid_field": "SubjectNameID",
                },
            }
        ]
        settings.SOCIALACCOUNT_PROVIDERS = providers
        yield provider


def begin(client: Client, url: str = LOGIN) -> str:
    """To the provider and back: the address that the browser is sent to."""
    answer = client.post(url)
    assert answer.status_code == 302, answer.content.decode()
    there = requests.get(answer.url, allow_redirects=False, timeout=5)
    return there.headers["Location"].removeprefix("http://testserver")


def identify(client: Client, url: str = LOGIN) -> Any:
    return client.get(begin(client, url))


def sign_up(client: Client, email: str) -> Any:
    assert identify(client).url == reverse("socialaccount_signup")
    return client.post(reverse("socialaccount_signup"), {"email": email})


def mailed_code() -> str:
    return re.findall(r"(?m)^\s*([A-Z0-9]{3,}(?:-[A-Z0-9]+)*)\s*$", mail.outbox[-1].body)[0]


def refused(answer: Any) -> bool:
    return answer.status_code == 401 and "L’identification n’a pas abouti" in answer.content.decode()


def test_it_is_off_unless_configured(client):
    assert client.get(LOGIN).status_code == 404
    assert "Pro Santé Connect" not in client.get(reverse("account_login")).content.decode()


def test_the_sign_in_page_offers_it(client, psc):
    page = client.get(reverse("account_login")).content.decode()
    assert "S’identifier avec Pro Santé Connect" in page
    assert f'action="{LOGIN}' in page


def test_a_get_leaves_the_site_for_nobody(client, psc):
    answer = client.get(LOGIN)
    assert answer.status_code == 200
    assert psc.asked == []


@pytest.mark.parametrize("as_token", [False, True])
def test_a_first_sign_in_asks_for_an_address_and_proves_it(client, psc, as_token):
    psc.userinfo_as_token = as_token
    answer = identify(client)
    assert answer.url == reverse("socialaccount_signup")
    page = client.get(answer.url).content.decode()
    assert "Bienvenue Ewa" in page
    answer = client.post(answer.url, {"email": "Ewa@Example.org"})
    assert answer.url == reverse("account_email_verification_sent")
    assert client.get("/mon-espace/").url.startswith("/compte/login/"), "not before the code"
    client.post(answer.url, {"code": mailed_code()})
    assert client.get("/mon-espace/").status_code == 200
    user = User.objects.get(email="ewa@example.org")
    assert (user.first_name, user.last_name, user.profession) == ("Ewa", "LE GOFF", "60")
    account = SocialAccount.objects.get(user=user)
    assert (account.uid, account.extra_data) == (SUBJECT, {}), "nothing else is kept"
    assert psc.refusals == []
    asked = psc.asked[0]
    assert asked["acr_values"] == "eidas1"
    assert asked["code_challenge_method"] == "S256"


def test_the_next_sign_in_knows_the_subject(client, psc):
    user = factories.make_user(email="ewa@example.org", first_name="Éva")
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    SocialAccount.objects.create(user=user, provider="psc", uid=SUBJECT)
    assert identify(client).url == reverse("my_space")
    assert client.get("/mon-espace/").status_code == 200
    user.refresh_from_db()
    assert user.first_name == "Éva", "what the person keeps is theirs"


def test_an_address_of_somebody_else_links_nothing(client, psc):
    user = factories.make_user(email="autre@example.org")
    answer = sign_up(client, "autre@example.org")
    assert answer.url == reverse("account_email_verification_sent"), "as for a new address"
    assert mail.outbox[-1].subject == "Vous avez déjà un compte"
    assert not SocialAccount.objects.filter(user=user).exists()
    assert client.get("/mon-espace/").url.startswith("/compte/login/")


def test_an_address_told_by_the_provider_links_nothing(client, psc):
    user = factories.make_user(email="autre@example.org")
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    psc.claims |= {"email": "autre@example.org", "email_verified": True}
    assert identify(client).url == reverse("socialaccount_signup")
    assert not SocialAccount.objects.exists()


def test_somebody_signed_in_links_it_to_their_account(client, psc):
    user = factories.make_user()
    client.force_login(user)
    assert identify(client, f"{LOGIN}?process=connect").url == reverse("socialaccount_connections")
    assert SocialAccount.objects.get(user=user).uid == SUBJECT


def test_a_subject_linked_elsewhere_is_not_taken_over(client, psc):
    owner, other = factories.make_user(), factories.make_user()
    SocialAccount.objects.create(user=owner, provider="psc", uid=SUBJECT)
    client.force_login(other)
    page = client.get(identify(client, f"{LOGIN}?process=connect").url).content.decode()
    assert "déjà reliée à un autre compte" in page
    assert SocialAccount.objects.get().user_id == owner.pk


def test_who_proves_an_address_shares_it_with_nobody_who_came_before(client, psc):
    """Somebody opens an account in your name with their own card, and waits."""
    sign_up(client, "victime@example.org")
    assert SocialAccount.objects.filter(user__email="victime@example.org").exists()
    owner = Client()
    owner.post(reverse("account_request_login_code"), {"email": "victime@example.org"})
    owner.post(reverse("account_confirm_login_code"), {"code": mailed_code()})
    assert owner.get("/mon-espace/").status_code == 200
    assert not SocialAccount.objects.exists()
    assert identify(client).url == reverse("socialaccount_signup")


@pytest.mark.parametrize("state", ["", "inconnu"])
def test_a_wrong_state_is_refused(client, psc, state):
    url = begin(client)
    good = parse_qs(urlsplit(url).query)["state"][0]
    assert refused(client.get(url.replace(good, state)))
    assert psc.codes, "the code was not even shown to the provider"


def test_the_answer_to_another_browser_is_refused(client, psc):
    assert refused(Client().get(begin(client)))


def test_a_used_code_is_refused(client, psc):
    url = begin(client)
    code = parse_qs(urlsplit(url).query)["code"][0]
    client.get(url)
    again = begin(client)
    fresh = parse_qs(urlsplit(again).query)["code"][0]
    assert refused(client.get(again.replace(fresh, code)))
    assert psc.refusals == ["unknown or used code"]


def test_without_pkce_the_provider_refuses_and_says_so(client, psc, settings):
    settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["OAUTH_PKCE_ENABLED"] = False
    assert refused(identify(client))
    assert psc.refusals == ["no state or no PKCE"]


def test_a_code_stolen_from_another_browser_fails_at_pkce(client, psc):
    stolen = parse_qs(urlsplit(begin(Client())).query)["code"][0]
    url = begin(client)
    own = parse_qs(urlsplit(url).query)["code"][0]
    assert refused(client.get(url.replace(own, stolen)))
    assert psc.refusals == ["wrong PKCE"]


@pytest.mark.parametrize("acr", [None, "eidas0", "0", ""])
def test_a_weaker_identification_is_refused(client, psc, acr):
    psc.acr = acr
    assert refused(identify(client))
    assert not SocialAccount.objects.exists()


def test_the_browser_may_ask_for_less_and_gets_nothing(client, psc):
    psc.acr = "eidas0"
    assert refused(identify(client, f"{LOGIN}?auth_params=acr_values%3Deidas0"))
    assert psc.asked[-1]["acr_values"] == "eidas0", "allauth lets the browser choose"


@pytest.mark.parametrize(
    "claims", [{"aud": "un-autre-site"}, {"iss": "https://ailleurs.example"}, {"exp": 1}], ids=str
)
def test_an_identity_token_for_another_site_or_time_is_refused(client, psc, claims):
    psc.token_claims = claims
    assert refused(identify(client))


def test_user_information_of_somebody_else_is_refused(client, psc):
    psc.userinfo_subject = "f:abc:2"
    assert refused(identify(client))


def test_user_information_without_a_subject_is_refused(client, psc):
    psc.userinfo_drops = ("SubjectNameID",)
    assert refused(identify(client))


@pytest.mark.parametrize("path", ["/auth/realms/esante-wallet/.well-known/wallet-openid-configuration"])
def test_a_provider_in_trouble_is_said(client, psc, path):
    psc.broken = (path,)
    assert refused(client.post(LOGIN))


@pytest.mark.parametrize("path", ["/jeton", "/identite"])
def test_a_provider_in_trouble_half_way_is_said(client, psc, path):
    psc.broken = (path,)
    assert refused(identify(client))


def test_a_provider_that_is_down_is_said(client, psc, settings):
    app = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]
    app["settings"]["server_url"] = "http://127.0.0.1:9/.well-known/wallet-openid-configuration"
    assert refused(client.post(LOGIN))


def test_whoever_refuses_there_is_told_so(client, psc):
    state = parse_qs(urlsplit(begin(client)).query)["state"][0]
    answer = client.get(f"{LOGIN}callback/?error=access_denied&state={state}")
    assert answer.url == reverse("socialaccount_login_cancelled")


def test_a_session_by_it_alone_has_no_second_factor(client, psc):
    admin = factories.make_admin()
    EmailAddress.objects.create(user=admin, email=admin.email, primary=True, verified=True)
    SocialAccount.objects.create(user=admin, provider="psc", uid=SUBJECT)
    identify(client)
    assert client.get("/admin/").url.startswith("/compte/deuxieme-facteur/")


@pytest.mark.parametrize(
    ("claims", "profession"),
    [
        ({"SubjectRefPro": {"exercices": [{"codeProfession": "10"}]}, "SubjectRole": ["60^SM26"]}, "10"),
        ({"SubjectRefPro": {"exercices": []}, "SubjectRole": ["60^SM26"]}, "60"),
        ({"SubjectRefPro": None, "SubjectRole": "21^S01"}, "21"),
        ({"SubjectRefPro": {"exercices": [{"codeProfession": "999"}, 3]}, "SubjectRole": None}, ""),
        ({"SubjectRefPro": [], "SubjectRole": ["interne"]}, ""),
    ],
)
def test_the_profession_comes_from_the_practice_then_the_role(client, psc, claims, profession):
    psc.claims |= claims
    sign_up(client, "ewa@example.org")
    assert User.objects.get(email="ewa@example.org").profession == profession
