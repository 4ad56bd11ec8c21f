"""A form that comes back says so first: in its title, then in a summary that takes the focus."""

import re

import pytest
from django.test import Client

from tests.factories import make_session, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]


def title(page: str) -> str:
    found = re.search("<title>(.*?)</title>", page, re.DOTALL)
    return found[1] if found else ""


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        ("/compte/login/", {"login": "ana@example.org", "password": "pas le bon"}),
        ("/compte/login/code/", {"email": "pas une adresse"}),
        ("/compte/signup/", {"email": "pas une adresse"}),
        ("/compte/password/reset/", {"email": "pas une adresse"}),
    ],
)
def test_the_title_of_an_account_form_with_errors_says_so(
    client: Client, path: str, typed: dict[str, str]
) -> None:
    before = client.get(path).content.decode()
    after = client.post(path, typed).content.decode()
    assert "Erreur" not in title(before)
    assert title(after).startswith("Erreur&nbsp;: ")
    assert 'id="erreurs" tabindex="-1"' in after


def test_the_title_of_a_profile_with_errors_says_so_once(client: Client) -> None:
    client.force_login(make_user())
    page = client.post("/mon-espace/profil/", {"rpps": "pas un numéro"}).content.decode()
    assert title(page) == "Erreur&nbsp;: Mon profil · Escale"


def test_the_title_of_a_registration_with_errors_says_so_once(client: Client) -> None:
    session = make_session()
    page = client.post(f"/sessions/{session.pk}/inscription/", {}).content.decode()
    assert title(page).count("Erreur") == 1


def test_the_title_of_a_number_that_is_none_says_so(client: Client) -> None:
    assert title(client.get("/attestations/").content.decode()) == "Vérifier une attestation · Escale"
    page = client.get("/attestations/?numero=xx").content.decode()
    assert title(page) == "Erreur&nbsp;: Vérifier une attestation · Escale"
