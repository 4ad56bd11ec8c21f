"""A person's rights over their own data, page by page."""

import json
import time

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.db import models
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from certificates.domain.closing import close_sheet
from common.errors import DomainError
from events.domain import attendance
from events.domain.registration import register
from events.models import Answer, JournalEntry, Message, Registration, SessionRole
from members.domain.consents import give_consent
from members.models import Consent, Membership, User
from pages.domain.own_data import EXPORTED, NOT_EXPORTED, own_data
from tests import factories

pytestmark = pytest.mark.django_db
DATA = "/mon-espace/donnees/"


def sign_in(client: Client, user: User, *, minutes_ago: int | None = 0) -> None:
    """``None``: without any trace of how."""
    client.force_login(user)
    session = client.session
    at = [] if minutes_ago is None else [{"method": "code", "at": time.time() - 60 * minutes_ago}]
    session["account_authentication_methods"] = at
    session.save()


@pytest.fixture
def user() -> User:
    return factories.make_user(email="elodie@example.org", first_name="Élodie", last_name="Le Goff")


@pytest.fixture
def space(client: Client, user: User) -> Client:
    sign_in(client, user)
    return client


def furnish(user: User) -> None:
    """Some of everything that the site may hold of somebody."""
    admin = factories.make_admin()
    past = factories.make_session(days=-9, title="Sophrologie passée")
    came = factories.make_registration(past, email=user.email, first_name="Élodie", last_name="Le Goff")
    attendance.mark(slot=past.slots.get(), marks={came.pk: "late"}, by=admin)
    close_sheet(slot=past.slots.get(), by=admin)
    coming = register(
        session=factories.make_session(title="Marche à venir"), person=factories.make_person(), user=user
    ).registration
    Answer.objects.create(
        registration=coming, label="Un repas ?", kind="text", value="Sans arachide", is_need=True
    )
    organisation = past.activity.organisation
    give_consent(user=user, organisation=organisation, purpose="news")
    Membership.objects.create(user=user, organisation=organisation, since=timezone.localdate())
    SessionRole.objects.create(session=past, user=user, role=SessionRole.Role.SPEAKER, name="Dr Le Goff")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)


def test_the_copy_holds_everything(space: Client, user: User) -> None:
    furnish(user)
    response = space.get(f"{DATA}copie.json")
    assert response["Content-Type"] == "application/json"
    assert "attachment" in response["Content-Disposition"]
    data = json.loads(response.content)
    assert data["compte"]["prenom"] == "Élodie"
    assert data["adresses"][0]["verifiee"] is True
    assert [each["role"] for each in data["adhesions"]] == ["Adhérent·e"]
    assert data["accords"][0]["phrase_lue"].startswith("J’accepte que")
    past, coming = data["inscriptions"]
    assert (past["session"], past["presences"][0]["presence"]) == ("Sophrologie passée", "En retard")
    assert (past["avis_demandes"], past["avis_donnes"]) == (1, 0)
    assert coming["reponses"] == [{"question": "Un repas ?", "reponse": "Sans arachide"}]
    assert data["attestations"][0]["contenu"]["person"] == "Élodie Le Goff"
    assert data["animation"][0]["nom_affiche"] == "Dr Le Goff"
    assert {each["objet"] for each in data["messages"]} == set(
        Message.objects.filter(registration__user=user).values_list("subject", flat=True)
    )


def test_the_page_says_what_the_file_says(space: Client, user: User) -> None:
    furnish(user)
    page = space.get(f"{DATA}copie/").text
    for said in ("Élodie", "Sophrologie passée", "En retard", "Sans arachide", "Dr Le Goff", "J’accepte que"):
        assert said in page
    assert "BEGIN:VCALENDAR" not in page


def test_the_copy_names_nobody_else(space: Client, user: User) -> None:
    furnish(user)
    session = Registration.objects.filter(user=user, session__completed_at=None).get().session
    for other in (session, factories.make_session()):
        factories.make_registration(other, first_name="Zénobie", last_name="Autre", email="autre@example.org")
    assert "Zénobie" not in json.dumps(own_data(user=user), default=str, ensure_ascii=False)
    assert "autre@example.org" not in json.dumps(own_data(user=user), default=str)


def test_every_link_to_a_person_is_copied_or_says_why_not() -> None:
    found = {
        f"{model._meta.app_label}.{model.__name__}.{field.name}"
        for model in apps.get_models()
        for field in [*model._meta.fields, *model._meta.many_to_many]
        if isinstance(field, models.ForeignKey | models.ManyToManyField)
        and field.remote_field.model in (User, Registration)
        and field.model is model
    }
    assert found - {"events.JournalEntry.user"} >= EXPORTED
    assert found == EXPORTED | set(NOT_EXPORTED)
    assert all(reason.strip() for reason in NOT_EXPORTED.values())


@pytest.mark.parametrize("path", ["copie/", "copie.json", "effacement/"])
@pytest.mark.parametrize("minutes_ago", [None, 16])
def test_an_old_sign_in_is_not_enough(client: Client, user: User, path: str, minutes_ago: int | None) -> None:
    sign_in(client, user, minutes_ago=minutes_ago)
    for method in (client.get, client.post) if path == "effacement/" else (client.get,):
        response = method(f"{DATA}{path}", {"etape": "effacer", "compris": "oui"})
        assert response.status_code == 403
        assert "Est-ce bien vous" in response.text
    assert User.objects.get(pk=user.pk).erased_at is None


def test_signing_in_again_comes_back_here_and_nowhere_else(space: Client) -> None:
    response = space.post(f"{DATA}reconnexion/", {"vers": "my_erasure"})
    assert response["Location"] == "/compte/login/?next=%2Fmon-espace%2Fdonnees%2Feffacement%2F"
    assert "_auth_user_id" not in space.session


@pytest.mark.parametrize("nonsense", ["https://mechant.example", "../", '"', "\0", "wagtailadmin_home"])
def test_nonsense_leads_to_ones_own_data(space: Client, nonsense: str) -> None:
    response = space.post(f"{DATA}reconnexion/", {"vers": nonsense})
    assert response["Location"] == "/compte/login/?next=%2Fmon-espace%2Fdonnees%2F"


def test_erasing_takes_two_steps(space: Client, user: User) -> None:
    furnish(user)
    SessionRole.objects.all().delete()
    page = space.get(f"{DATA}effacement/").text
    assert "Marche à venir" in page
    assert "Tout effacer" not in page
    page = space.post(f"{DATA}effacement/", {"etape": "confirmer"}).text
    assert "Tout effacer" in page
    refused = space.post(f"{DATA}effacement/", {"etape": "effacer"})
    assert refused.status_code == 422
    assert User.objects.get(pk=user.pk).erased_at is None
    done = space.post(f"{DATA}effacement/", {"etape": "effacer", "compris": "oui"}, follow=True)
    assert done.redirect_chain == [("/mon-espace/donnees/effacement/fait/", 302)]
    assert "C’est fait" in done.text
    assert User.objects.get(pk=user.pk).erased_at is not None
    assert space.get(DATA).status_code == 302


def test_a_get_erases_nothing(space: Client, user: User) -> None:
    space.get(f"{DATA}effacement/", {"etape": "effacer", "compris": "oui"})
    assert User.objects.get(pk=user.pk).erased_at is None


def test_a_coordinator_reads_what_to_do_first(client: Client) -> None:
    coordinator = factories.make_coordinator(factories.make_organisation(short_name="CPTS du Port"))
    sign_in(client, coordinator)
    page = client.get(f"{DATA}effacement/").text
    assert "Coordination de CPTS du Port" in page
    assert "Continuer" not in page
    refused = client.post(f"{DATA}effacement/", {"etape": "effacer", "compris": "oui"})
    assert refused.status_code == 422


def test_agreements_are_given_and_taken_back_on_the_page(space: Client, user: User) -> None:
    furnish(user)
    consent = Consent.objects.get()
    name = f"pictures-{consent.organisation_id}"
    assert f'value="news-{consent.organisation_id}" id' in space.get(DATA).text
    space.post(f"{DATA}accords/", {"accord": [name, "news-999", "autre"]})
    assert list(Consent.objects.filter(withdrawn_at=None).values_list("purpose", flat=True)) == ["pictures"]
    assert Consent.objects.count() == 2
    before = JournalEntry.objects.count()
    space.post(f"{DATA}accords/", {"accord": [name]})
    assert JournalEntry.objects.count() == before


def test_agreeing_while_one_is_erased_elsewhere_is_refused_with_a_sentence(
    space: Client, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def erased_meanwhile(**_: object) -> None:
        raise DomainError("Ce compte est effacé.")

    monkeypatch.setattr("pages.views.my_data.choose", erased_meanwhile)
    answer = space.post(f"{DATA}accords/", {"accord": []}, follow=True)
    assert "Ce compte est effacé." in answer.text


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_the_same_however_much_there_is(
    space: Client, user: User, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(number):
        register(session=factories.make_session(), person=factories.make_person(), user=user)
    with django_assert_num_queries(QUERIES):
        space.get(DATA)


@pytest.mark.parametrize("number", [1, 3])
def test_the_copy_costs_the_same_however_much_there_is(
    user: User, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(number):
        session = factories.make_session()
        registered = register(session=session, person=factories.make_person(), user=user).registration
        Answer.objects.create(registration=registered, label="?", kind="text", value="x")
    with django_assert_num_queries(18):
        own_data(user=user)


QUERIES = 9


def test_what_there_is_none_of_is_said_without_a_zero(space: Client) -> None:
    text = space.get(DATA).text
    assert "Aucune inscription" in text
    assert "ni attestation, ni message" in text
    assert "0 " not in space.get(f"{DATA}effacement/").text.partition("<main")[2].partition("</main")[0]


def test_the_copy_says_once_what_there_is_none_of(space: Client) -> None:
    text = space.get(f"{DATA}copie/").text
    assert "Rien n’est enregistré ici pour" in text
    assert text.count("vos accords, vos inscriptions, les sessions que vous animez") == 1
    assert "Vos accords</h2>" not in text
