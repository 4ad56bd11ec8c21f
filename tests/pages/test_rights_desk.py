"""Rights at the desk: who agreed, erasing on behalf, how long things are kept."""

import pytest
from django.test import Client

from events.models import JournalEntry
from members.domain.consents import give_consent, withdraw_consent
from members.domain.organisations import name_coordinator, open_organisation
from members.models import Organisation, RetentionPolicy, User
from pages.models import SiteSettings
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]


@pytest.fixture
def organisation() -> Organisation:
    return open_organisation(
        name="CPTS du Port", short_name="CPTS du Port", slug="port", email="c@example.org", by=None
    )


@pytest.fixture
def desk(client: Client, organisation: Organisation) -> Client:
    coordinator = factories.make_user()
    name_coordinator(organisation=organisation, user=coordinator, by=None)
    client.force_login(coordinator)
    return client


@pytest.fixture
def office(client: Client) -> Client:
    client.force_login(factories.make_admin())
    return client


def test_the_list_holds_ones_own_people_who_still_agree(desk: Client, organisation: Organisation) -> None:
    for name, where in (
        ("Agnès", organisation),
        ("Bruno", organisation),
        ("Zoé", factories.make_organisation()),
    ):
        give_consent(user=factories.make_user(first_name=name), organisation=where, purpose="news")
    withdraw_consent(user=User.objects.get(first_name="Bruno"), organisation=organisation, purpose="news")
    page = desk.get("/admin/accords/").text
    assert "Agnès" in page
    assert "Bruno" not in page
    assert "Zoé" not in page
    assert "Agnès" not in desk.get("/admin/accords/?objet=pictures").text


@pytest.mark.parametrize(
    "query", ['?objet="', "?objet=%00", "?p=99999999999999999999", "?p=../", "?objet=1&p=x"]
)
def test_nonsense_shows_a_page(desk: Client, query: str) -> None:
    assert desk.get(f"/admin/accords/{query}").status_code == 200


def test_the_file_runs_nothing_and_is_on_the_record(desk: Client, organisation: Organisation) -> None:
    give_consent(
        user=factories.make_user(last_name="=1+1", email="a@example.org"),
        organisation=organisation,
        purpose="news",
    )
    response = desk.post("/admin/accords/?objet=news", {"file_type": "csv"})
    said = b"".join(response).decode()
    assert "'=1+1" in said
    assert "a@example.org" in said
    entry = JournalEntry.objects.get(action="escale.export")
    assert (entry.organisation_id, entry.data["rows"]) == (organisation.pk, 1)
    assert desk.post("/admin/accords/?objet=pictures", {"file_type": "csv"}).status_code == 422
    assert desk.post("/admin/accords/?objet=news", {"file_type": "pdf"}).status_code == 422


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_however_many_agreed(
    desk: Client, organisation: Organisation, number: int, django_assert_num_queries
) -> None:
    for _ in range(number):
        give_consent(user=factories.make_user(), organisation=organisation, purpose="news")
    with django_assert_num_queries(11):
        desk.get("/admin/accords/")


def test_an_administrator_erases_somebody_who_wrote(office: Client) -> None:
    user = factories.make_user(email="elodie@example.org")
    data = {"email": " Elodie@example.org ", "reason": "letter"}
    page = office.post("/admin/effacement/", data).text
    assert "Ce qui disparaît" in page
    assert User.objects.get(pk=user.pk).erased_at is None
    response = office.post("/admin/effacement/", {**data, "etape": "effacer"}, follow=True)
    assert "C’est fait" in response.text
    assert User.objects.get(pk=user.pk).erased_at is not None
    assert JournalEntry.objects.get(action="escale.erase").data["why"] == "letter"


@pytest.mark.parametrize(
    "data",
    [{}, {"email": "personne@nulle.part", "reason": "letter"}, {"email": "a\0", "reason": "x"}],
)
def test_an_erasure_that_names_nobody_is_said_beside_its_field(office: Client, data: dict[str, str]) -> None:
    assert office.post("/admin/effacement/", {**data, "etape": "effacer"}).status_code == 422


def test_a_coordinator_erases_nobody_and_sets_no_period(desk: Client) -> None:
    user = factories.make_user(email="elodie@example.org")
    data = {"email": user.email, "reason": "letter", "etape": "effacer"}
    for path in ("effacement/", "settings/members/retentionpolicy/", "settings/pages/sitesettings/"):
        assert desk.get(f"/admin/{path}").status_code == 404
        assert desk.post(f"/admin/{path}", data).status_code == 404
    assert User.objects.get(pk=user.pk).erased_at is None


def test_periods_are_set_within_their_bounds_and_on_the_record(office: Client) -> None:
    path = f"/admin/settings/members/retentionpolicy/{RetentionPolicy.load().pk}/"
    fields = {
        "needs_days": 7,
        "waiting_months": 3,
        "invitation_months": 6,
        "registration_years": 3,
        "certificate_years": 3,
        "message_months": 12,
        "account_years": 3,
        "journal_months": 12,
    }
    for name, value in (("certificate_years", 2), ("journal_months", 11), ("needs_days", 31)):
        office.post(path, fields | {name: value})
        assert getattr(RetentionPolicy.objects.get(), name) == fields[name]
    office.post(path, fields | {"registration_years": 5})
    assert RetentionPolicy.objects.get().registration_years == 5
    assert JournalEntry.objects.filter(action="wagtail.edit").count() == 1


def test_the_footer_says_the_state_that_administrators_set(client: Client) -> None:
    from django.core.management import call_command

    call_command("open_site", verbosity=0)
    assert "Accessibilité : non conforme" in client.get("/calendrier/").text
    SiteSettings.objects.create(accessibility="partial")
    assert "Accessibilité : partiellement conforme" in client.get("/calendrier/").text
