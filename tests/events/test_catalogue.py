"""The public calendar: filters, search, months, pages, and nonsense in the address."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.core.cache import caches
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries
from wagtail.models import PageViewRestriction, Site

from common import page_generation
from events.domain import catalogue as catalogue_rules
from events.domain import search as search_rules
from events.domain.search import corrected, everything_said
from events.models import ActivityPage, Session, SessionRole, Theme
from tests.common.test_page_cache import committing
from tests.factories import make_activity, make_home, make_organisation, make_registration, make_session

pytestmark = pytest.mark.django_db


def titles(client: Client, **asked: object) -> list[str]:
    response = client.get("/calendrier/", asked)
    assert response.status_code == 200
    return [session.title for month in response.context["months"] for session in month]


def themed(name: str, slug: str, **fields: object) -> ActivityPage:
    activity = make_activity(**fields)
    activity.themes.set([Theme.objects.create(name=name, slug=slug)])
    activity.save()
    return activity


@pytest.fixture
def two_organisations() -> None:
    havre = make_organisation(name="CPTS Grand Havre", short_name="Havre", slug="havre", department="76")
    caen = make_organisation(name="CPTS Caen Couronne", short_name="Caen", slug="caen", department="14")
    make_session(make_activity(havre, title="Café"), title="Sophrologie", capacity=1)
    make_session(
        themed("Écoute", "ecoute", organisation=caen, title="Soirée"),
        title="Écrire pour déposer",
        city="Caen",
        modality="distanciel",
        professions=["60"],
        days=40,
    )


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"structure": "havre"}, ["Sophrologie"]),
        ({"theme": "ecoute"}, ["Écrire pour déposer"]),
        ({"departement": "76"}, ["Sophrologie"]),
        ({"departement": "14"}, ["Écrire pour déposer"]),
        ({"modalite": "distanciel"}, ["Écrire pour déposer"]),
        ({"profession": "60"}, ["Sophrologie", "Écrire pour déposer"]),
        ({"profession": "10"}, ["Sophrologie"]),
        ({"structure": "havre", "theme": "ecoute"}, []),
        ({}, ["Sophrologie", "Écrire pour déposer"]),
    ],
)
@pytest.mark.usefixtures("two_organisations")
def test_each_filter_narrows(client: Client, asked: dict[str, str], found: list[str]) -> None:
    assert titles(client, **asked) == found


@pytest.mark.usefixtures("two_organisations")
def test_places_left_leaves_out_what_is_full_or_closed(client: Client) -> None:
    make_registration(Session.objects.get(title="Sophrologie"))
    closed = make_session(title="Close", days=20)
    Session.objects.filter(pk=closed.pk).update(closes_at=timezone.now() - timedelta(hours=1))
    assert titles(client, places="1") == ["Écrire pour déposer"]


@pytest.mark.usefixtures("two_organisations")
def test_dates_count_both_days(client: Client) -> None:
    day = timezone.localdate() + timedelta(days=14)
    assert titles(client, du=day.isoformat(), au=day.isoformat()) == ["Sophrologie"]
    assert titles(client, du=(day + timedelta(days=1)).isoformat()) == ["Écrire pour déposer"]


@pytest.mark.parametrize(
    "words",
    [
        "ecrire",
        "ÉCRIRE",
        "deposer ecrire",
        "écri",
        "écrire caen",
        "soiree couronne",
        "ecoute",
        "sœur anne",
        "soeur",
        "pour l’écoute, à Caen",
        "soirées",
    ],
)
@pytest.mark.usefixtures("two_organisations")
def test_search_takes_accents_case_order_and_parts_of_words(client: Client, words: str) -> None:
    session = Session.objects.get(title="Écrire pour déposer")
    SessionRole.objects.create(session=session, name="Sœur Anne")
    assert titles(client, q=words) == ["Écrire pour déposer"]


@pytest.mark.usefixtures("two_organisations")
def test_every_word_must_be_somewhere(client: Client) -> None:
    assert titles(client, q="écrire havre") == []


@pytest.mark.parametrize("typed", ["sofrologie", "sophrolgie", "sophorlogie", "SOPHROLOGEI", "sophorl"])
@pytest.mark.usefixtures("two_organisations")
def test_a_mistyped_word_is_corrected_and_said(client: Client, typed: str) -> None:
    response = client.get("/calendrier/", {"q": typed})
    assert "Résultats pour" in response.text
    assert response.context["found"].understood.startswith("sophro")
    assert titles(client, q=typed) == ["Sophrologie"]


@pytest.mark.usefixtures("two_organisations")
def test_nothing_found_says_what_to_do(client: Client) -> None:
    Site.objects.update(root_page=make_home())
    Site.clear_site_root_paths_cache()
    text = client.get("/calendrier/", {"q": "zzyzx", "structure": "havre"}).text
    assert "Rien ne répond à cette demande" in text
    assert "?structure=havre" in text  # without the word
    assert "?q=zzyzx" in text  # without the organisation
    assert "la page de la structure" in text


def test_drafts_unpublished_and_private_activities_never_appear(client: Client) -> None:
    private = make_activity(title="Privé")
    PageViewRestriction.objects.create(page=private, restriction_type="login")
    make_session(private, title="Cachée")
    below = make_activity(title="Dessous")
    PageViewRestriction.objects.create(page=below.get_parent(), restriction_type="password", password="x")
    make_session(below, title="Cachée aussi")
    make_session(title="Brouillon", status="draft")
    make_session(make_activity(live=False), title="Hors ligne")
    assert titles(client) == []
    assert titles(client, q="cachée") == []
    month = f"{timezone.localdate() + timedelta(days=14):%Y-%m}"
    for address in (f"/calendrier/?vue=mois&mois={month}", f"/calendrier/?dispositif={private.pk}"):
        text = client.get(address).text
        assert "Cachée" not in text
        assert "Privé" not in text
    assert "Privé" not in client.get("/calendrier/passees/", {"dispositif": private.pk}).text


@pytest.mark.usefixtures("two_organisations")
def test_only_what_has_something_is_offered(client: Client) -> None:
    make_organisation(short_name="Rien à venir", slug="rien", department="61")
    Theme.objects.create(name="Sans rien", slug="sans-rien")
    text = client.get("/calendrier/").text
    assert "Écoute" in text
    for absent in ("Rien à venir", "61 · Orne", "Sans rien"):
        assert absent not in text
    # A kept address goes on naming what it asks for.
    assert "Rien à venir" in client.get("/calendrier/", {"structure": "rien"}).text


def test_active_filters_are_links_that_remove_them(client: Client) -> None:
    make_session(make_activity(make_organisation(short_name="Havre", slug="havre")))
    response = client.get("/calendrier/", {"q": "sophro", "structure": "havre", "places": "1"})
    addresses = {chip.text: chip.url for chip in response.context["chips"]}
    assert addresses["Havre"] == "?q=sophro&places=1"
    assert addresses["Avec des places"] == "?q=sophro&structure=havre"


def test_pages_keep_the_filters(client: Client) -> None:
    activity = make_activity()
    for days in range(1, 27):
        make_session(activity, days=days, title=f"Séance {days:02}")
    assert len(titles(client)) == 24
    assert titles(client, page="2") == ["Séance 25", "Séance 26"]
    assert 'rel="next" href="?q=seance&amp;page=2"' in client.get("/calendrier/", {"q": "seance"}).text
    for page in ("0", "-1", "99", "x", "10" * 20):
        assert titles(client, page=page)


def test_a_month_shows_weeks_and_days(client: Client) -> None:
    session = make_session(days=40, title="Sophrologie")
    month = f"{timezone.localtime(session.starts_at):%Y-%m}"
    response = client.get("/calendrier/", {"vue": "mois", "mois": month})
    assert response.context["in_month"] == 1
    assert response.text.count("Sophrologie") == 2  # in the table, and in the list that phones show
    assert '<th scope="col">Lundi</th>' in response.text
    assert "<caption" in response.text


def test_a_crowded_day_shows_some_and_leads_to_all(client: Client) -> None:
    activity = make_activity()
    for number in range(5):
        session = make_session(activity, days=40, title=f"Séance {number}")
    day = timezone.localdate(session.starts_at)
    response = client.get("/calendrier/", {"vue": "mois", "mois": f"{day:%Y-%m}"})
    assert response.context["in_month"] == 5
    assert "et 2 autres" in response.text
    assert f"?du={day}&amp;au={day}" in response.text


def test_an_empty_month_leads_to_the_next_session(client: Client) -> None:
    later = timezone.localdate(make_session(days=100).starts_at)
    month = (timezone.localdate().replace(day=1) + timedelta(days=32)).replace(day=1)
    text = client.get("/calendrier/", {"vue": "mois", "mois": f"{month:%Y-%m}"}).text
    assert "La prochaine session est le" in text
    assert f"mois={later:%Y-%m}" in text


def test_htmx_receives_the_answer_alone_and_the_address_to_show(client: Client) -> None:
    make_session(title="Sophrologie")
    response = client.get("/calendrier/", {"q": "sophro", "structure": ""}, headers={"HX-Request": "true"})
    assert "<html" not in response.text
    assert 'hx-swap-oob="innerHTML:#compte"' in response.text
    assert "1 session à venir" in response.text
    assert response["HX-Push-Url"] == "/calendrier/?q=sophro"
    assert "HX-Request" in response["Vary"]
    assert client.get("/calendrier/", headers={"HX-Request": "true"})["HX-Push-Url"] == "/calendrier/"


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("asked", "queries"),
    [  # two for what may be chosen, the number of answers, those of the page, the menu of the site
        ("", 5),
        ("?profession=60&departement=76&places=1&theme=t&modalite=presentiel", 5),
        # words: two for what is said, and the answers instead of their number
        ("?q=sophrologie&profession=60&departement=76&places=1&theme=t&modalite=presentiel", 7),
        ("?q=sofrologie", 7),
        # a month: its days instead of the number
        ("?vue=mois&mois={month}", 5),
        ("?vue=mois&mois={month}&q=sophrologie", 8),
    ],
)
def test_the_calendar_asks_as_many_queries_however_many_sessions(
    client: Client, count: int, asked: str, queries: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    day = (timezone.localdate().replace(day=1) + timedelta(days=32)).replace(day=5)
    Theme.objects.create(name="T", slug="t")
    for number in range(count):
        activity = make_activity(make_organisation(department="76"))
        activity.themes.set(Theme.objects.all())
        activity.save()
        make_session(activity, days=(day - timezone.localdate()).days + number)
    client.get("/aide/")  # what a first page fills once and for all
    with django_assert_num_queries(queries):
        response = client.get("/calendrier/" + asked.format(month=f"{day:%Y-%m}"))
    assert response.text.count("Sophrologie") >= count


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"structure": "nulle-part"}, "Cette structure n’existe pas"),
        ({"theme": "../"}, "Ce thème n’existe pas"),
        ({"profession": "999"}, "Cette profession n’existe pas"),
        ({"departement": "99"}, "Ce département n’existe pas"),
        ({"modalite": '"'}, "Cette modalité n’existe pas"),
        ({"du": "2026-02-30"}, "Indiquez une date qui existe"),
        ({"du": "2020-12-31", "au": "2020-12-01"}, "La période finit avant de commencer"),
        ({"dispositif": "1" + "0" * 20}, "Ce dispositif n’existe pas"),
        ({"dispositif": "../"}, "Ce dispositif n’existe pas"),
        ({"mois": "2026-13", "vue": "mois"}, "Ce mois n’existe pas"),
        ({"mois": "2026-12-24", "vue": "mois"}, "Ce mois n’existe pas"),
        ({"vue": "carte"}, "Cette vue n’existe pas"),
    ],
)
def test_nonsense_is_told_and_left_aside(client: Client, asked: dict[str, str], said: str) -> None:
    make_session(title="Sophrologie")
    response = client.get("/calendrier/", asked)
    assert response.status_code == 200
    assert said in response.text
    assert len(response.context["found"].keys) == 1


ANYTHING = st.one_of(
    st.text(max_size=60),
    st.sampled_from(["", '"', "\0", "1" + "0" * 20, "2026-02-30", "../", "%", "_", "\\", "'; --", "((", "’"]),
)
NAMES = (
    *("q", "structure", "theme", "profession", "departement", "modalite", "du", "au", "places", "vue"),
    *("mois", "page", "dispositif", "annee"),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asked=st.dictionaries(st.sampled_from(NAMES), ANYTHING, max_size=6), live=st.booleans())
def test_any_parameters_answer_with_a_page(client: Client, asked: dict[str, str], live: bool) -> None:
    if not Session.objects.exists():
        make_session(title="Sophrologie")
        make_session(title="Passée", days=-3)
    query = urlencode({name: value.encode("utf-8", "surrogatepass") for name, value in asked.items()})
    headers = {"HX-Request": "true"} if live else {}
    assert client.get(f"/calendrier/?{query}", headers=headers).status_code == 200
    assert client.get(f"/calendrier/?{query}&vue=mois").status_code == 200
    assert client.get(f"/calendrier/passees/?{query}").status_code == 200


def test_the_words_of_the_catalogue_are_gathered_once_between_two_changes(settings, monkeypatch) -> None:
    kept = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "words-of-a-test"}
    settings.CACHES = {**settings.CACHES, "pages": kept}
    gathered: list[int] = []
    gather = search_rules._gathered
    monkeypatch.setattr(search_rules, "_gathered", lambda: gathered.append(1) or gather())
    monkeypatch.setattr(page_generation, "BELIEVED", 0)
    page_generation.renew()
    make_session(title="Sophrologie")
    for _ in range(3):
        assert corrected(everything_said(), ("sofrologie",)) == ("sophrologie",)
    assert len(gathered) == 1
    with committing():
        make_session(title="Méditation")
    assert corrected(everything_said(), ("medtation",)) == ("meditation",)
    assert len(gathered) == 2
    caches["pages"].clear()


def test_no_correction_says_a_word_of_what_is_not_shown(client: Client) -> None:
    private = themed("Addictologie", "addictologie", title="Hypnothérapie")
    PageViewRestriction.objects.create(page=private, restriction_type="login")
    SessionRole.objects.create(session=make_session(private, title="Kinésiologie"), name="Amandine")
    make_session(title="Ostéopathie", status="draft")
    make_session(title="Réflexologie", days=-3)
    make_session(title="Sophrologie", description="Rigologie")
    said = everything_said()
    for word in ("addictologi", "hypnotherapi", "kinesiologi", "amandin", "osteopathi", "reflexologi"):
        assert not said.holding([word])
        assert corrected(said, (f"{word}x",)) == ()
    assert corrected(said, ("rigologix",)) == ()  # a description only says that a word is right
    assert corrected(said, ("rigologie", "sofrologie")) == ("rigologie", "sophrologie")


def test_a_session_that_two_lead_is_found_once_by_either(client: Client) -> None:
    session = make_session(title="Sophrologie")
    for name in ("Hélène Marais", "Anne Leroy"):
        SessionRole.objects.create(session=session, name=name)
    for words in ("marais", "leroy", "sophrologie", "helene anne"):
        assert titles(client, q=words) == ["Sophrologie"]


@pytest.mark.parametrize("few", [0, 2_000])
@pytest.mark.usefixtures("two_organisations")
def test_many_answers_are_found_as_few_are(client: Client, monkeypatch, few: int) -> None:
    monkeypatch.setattr(catalogue_rules, "FEW", few)
    assert titles(client, q="cpts") == ["Sophrologie", "Écrire pour déposer"]
    assert titles(client, q="cpts", structure="caen") == ["Écrire pour déposer"]
    assert titles(client, q="sofrologie", structure="caen") == []


def test_words_narrow_a_month_and_the_way_to_the_next(client: Client) -> None:
    make_session(days=40, title="Sophrologie")
    make_session(days=40, title="Méditation")
    make_session(days=100, title="Marche")
    last = timezone.localdate(make_session(days=200, title="Danse").starts_at)
    month = f"{timezone.localdate() + timedelta(days=40):%Y-%m}"
    response = client.get("/calendrier/", {"vue": "mois", "mois": month, "q": "sophrologie"})
    assert response.context["in_month"] == 1
    assert "Méditation" not in response.text
    text = client.get("/calendrier/", {"vue": "mois", "mois": month, "q": "danse"}).text
    assert f"mois={last:%Y-%m}" in text
