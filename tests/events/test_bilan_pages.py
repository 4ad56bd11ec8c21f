"""The bilan on screen, as a PDF of one page and as a workbook."""

import html
import io
import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from pypdf import PdfReader
from pytest_django import DjangoAssertNumQueries

from common.moments import NBSP
from events.domain import attendance, imports
from events.domain import report as bilans
from events.domain.programmes import save_programme
from events.domain.report import Bilan, Period, compared
from events.domain.report.counting import WEEKDAYS
from events.domain.report.pdf import render_pdf
from events.domain.report.subject import Subject
from events.models import ActivityPage, JournalEntry, Programme, Session
from members.models import User
from members.professions import Profession
from tests import factories
from tests.events.import_files import SAMPLE, csv_file, line

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
REPORT, PDF, XLSX = (reverse(name) for name in ("report", "report_pdf", "report_xlsx"))


@pytest.fixture
def activity() -> ActivityPage:
    return factories.make_activity(title="Café des Soignants")


@pytest.fixture
def year(activity: ActivityPage) -> ActivityPage:
    """The slide's year."""
    return load(activity, SAMPLE.read_bytes())


@pytest.fixture
def client(activity: ActivityPage) -> Client:
    return signed_in(factories.make_coordinator(activity.organisation))


def load(activity: ActivityPage, data: bytes) -> ActivityPage:
    imports.apply(plan=imports.plan(activity=activity, table=imports.read_rows(data)), by=None)
    return activity


def signed_in(user: User) -> Client:
    group, _created = Group.objects.get_or_create(name="accès")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    user.groups.add(group)
    client = Client()
    client.force_login(user)
    return client


def text(response: Any) -> str:
    return response.content.decode().replace("\N{NO-BREAK SPACE}", " ")  # type: ignore[no-any-return]


def read_pdf(data: bytes) -> tuple[int, str]:
    reader = PdfReader(io.BytesIO(data))
    return len(reader.pages), _tight(" ".join(page.extract_text() for page in reader.pages))


def _tight(words: str) -> str:
    """Without spaces: the reader puts them where it likes."""
    return "".join(words.split())


def test_the_screen_shows_the_slides_year(client: Client, year: ActivityPage) -> None:
    page = text(client.get(REPORT))
    for shown in (
        "<b>151</b>",
        "<b>84</b>",
        "<b>105 %</b><span>151 participations pour 144 places",
        "<b>80 %</b><span>121 participations sur 151",
        "<b>50 %</b><span>75 participations sur 151",
        "<b>50 %</b><span>76 participations sur 151",
        "<b>8,4 / 10</b><span>moyenne de 125 réponses anonymes",
        "<b>83 %</b><span>125 réponses pour 151 participations",
    ):
        assert shown in page, shown


def test_the_pdf_shows_the_slides_year_on_one_page(client: Client, year: ActivityPage) -> None:
    response = client.post(PDF)
    assert response["Content-Type"] == "application/pdf"
    pages, words = read_pdf(response.content)
    assert pages == 1
    for shown in (
        year.organisation.name,
        "Café des Soignants",
        "Participations 151",
        "Participants 84",
        "105 %",
        "151 participations pour 144 places",
        "8,4 / 10",
        "125 réponses pour 151 participations",
        "121 participations sur 151 à la civilité connue 80 %",
        "75 participations sur 151 50 %",
        "Établi avec Escale",
    ):
        assert _tight(shown) in words, shown


def test_the_workbook_holds_the_slides_year_as_numbers(client: Client, year: ActivityPage) -> None:
    response = client.post(XLSX)
    book = load_workbook(io.BytesIO(response.content))
    assert book.sheetnames == [
        "Synthèse",
        "Par session",
        "Professions",
        "Communes",
        "Jours et heures",
        "Satisfaction",
        "Méthode",
    ]
    rows = {row[0]: row[1:5] for row in book["Synthèse"].iter_rows(min_row=2, values_only=True)}
    assert rows["Participations"][0] == 151
    assert rows["Participants"][0] == 84
    assert rows["Remplissage"] == (105, "%", 151, 144)
    assert rows["Femmes"] == (80, "%", 121, 151)
    assert rows["Adhérents"] == (50, "%", 75, 151)
    assert rows["Non-adhérents"] == (50, "%", 76, 151)
    assert rows["Satisfaction"][:2] == (8.4, "sur 10")
    assert rows["Heures proposées"][:2] == (21, "heures")
    sessions = list(book["Par session"].iter_rows(min_row=2, values_only=True))
    assert len(sessions) == 12
    assert sum(row[9] for row in sessions) == 151
    for name in ("Professions", "Communes", "Jours et heures"):
        assert sum(row[1] for row in book[name].iter_rows(min_row=2, values_only=True)) == 151


def test_a_title_that_looks_like_a_formula_is_text(client: Client, activity: ActivityPage) -> None:
    load(activity, csv_file(line(Atelier="=1+1")))
    book = load_workbook(io.BytesIO(client.post(XLSX).content))
    cell = book["Par session"]["C2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_a_season_says_how_far_it_is_from_the_one_before(client: Client, year: ActivityPage) -> None:
    query = {"about": f"dispositif-{year.pk}", "period": "2024-2025"}
    page = text(client.get(REPORT, query))
    assert "Comparaison avec la saison 2023-2024." in page
    assert "+47 par rapport à <i>2023-2024</i>" in page
    assert "−5 points par rapport à" in page
    assert _tight("+47 par rapport à 2023-2024") in read_pdf(client.post(PDF, query).content)[1]


def test_a_season_without_one_before_says_so(client: Client, year: ActivityPage) -> None:
    page = text(client.get(REPORT, {"period": "2023-2024"}))
    assert "Rien à comparer : aucune session du 1er septembre 2022" in page
    assert "par rapport" not in page


def past(activity: ActivityPage, *, days: int, closed: bool) -> Session:
    session = factories.make_session(activity, days=days)
    came = [factories.make_registration(session) for _ in range(2)]
    slot = session.slots.get()
    attendance.mark(slot=slot, marks={each.pk: "present" for each in came}, by=None)
    if closed:
        attendance.close_sheet(slot=slot, by=factories.make_admin())
    return session


def workbook_rows(client: Client, name: str, **query: object) -> list[Any]:
    book = load_workbook(io.BytesIO(client.post(XLSX, query).content))
    return list(book[name].iter_rows(min_row=2, values_only=True))


def test_a_sheet_still_open_makes_the_figures_provisional_everywhere(
    client: Client, activity: ActivityPage
) -> None:
    past(activity, days=-9, closed=True)
    late = past(activity, days=-5, closed=False)
    factories.make_session(activity, days=5)  # to come: nothing is awaited of it
    said = "L’émargement d’une session passée n’est pas clos : ces chiffres sont provisoires."
    page = text(client.get(REPORT))
    assert said in page
    assert f'<a href="{reverse("sessions:inspect", args=[late.pk])}#emargement">Voir la session</a>' in page
    assert _tight(said) in read_pdf(client.post(PDF).content)[1]
    first = workbook_rows(client, "Synthèse")[0]
    assert first[:2] == ("Émargements à clore", 1)
    assert first[-1].replace(NBSP, " ") == said
    assert [row[-1] for row in workbook_rows(client, "Par session")] == ["clos", "à clore"]


def test_several_open_sheets_lead_to_the_list_of_their_sessions(
    client: Client, activity: ActivityPage
) -> None:
    late = [past(activity, days=days, closed=False) for days in (-9, -5)]
    closed = past(activity, days=-7, closed=True)
    elsewhere = past(factories.make_activity(activity.organisation), days=-7, closed=False)
    page = text(client.get(REPORT, {"about": f"dispositif-{activity.pk}"}))
    assert "L’émargement de 2 sessions passées n’est pas clos : ces chiffres sont provisoires." in page
    found = re.search(r'<a href="([^"]+)">Voir les sessions à clore', page)
    assert found
    shown = text(client.get(html.unescape(found[1])))
    for session, there in (*((each, True) for each in late), (closed, False), (elsewhere, False)):
        assert (reverse("sessions:inspect", args=[session.pk]) in shown) is there


def test_open_sheets_of_the_period_before_make_the_comparison_provisional(
    client: Client, activity: ActivityPage
) -> None:
    past(activity, days=-40, closed=False)
    past(activity, days=-5, closed=True)
    since = timezone.localdate() - timedelta(days=30)
    query = {"period": "dates", "since": since.isoformat(), "until": timezone.localdate().isoformat()}
    page = text(client.get(REPORT, query))
    assert "d’une session passée de la période comparée n’est pas clos : la comparaison est prov" in page
    assert "ces chiffres sont provisoires" not in page
    assert workbook_rows(client, "Synthèse", **query)[0][:6] == (
        "Émargements à clore",
        0,
        None,
        None,
        None,
        1,
    )


def test_nothing_is_provisional_once_every_sheet_is_closed(client: Client, activity: ActivityPage) -> None:
    past(activity, days=-9, closed=True)
    assert "provisoire" not in text(client.get(REPORT))
    assert _tight("provisoire") not in read_pdf(client.post(PDF).content)[1]
    assert workbook_rows(client, "Synthèse")[0][0] == "Sessions tenues"


def test_an_empty_period_offers_no_file(client: Client, year: ActivityPage) -> None:
    page = text(client.get(REPORT, {"since": "2020-01-01", "until": "2020-12-31"}))
    assert "Aucune session n’a encore eu lieu sur cette période." in page
    assert PDF not in page
    assert client.post(PDF, {"since": "2020-01-01", "until": "2020-12-31"}).status_code == 200


def test_a_programme_counts_a_person_once(client: Client, activity: ActivityPage) -> None:
    other = factories.make_activity(activity.organisation)
    left_out = factories.make_activity(activity.organisation)
    for each in (activity, other, left_out):
        load(each, csv_file(line(Courriel="une@example.org"), line(Courriel=f"a{each.pk}@example.org")))
    programme = save_programme(
        programme=Programme(organisation=activity.organisation, name="Prendre soin"),
        activities=[activity, other],
        seen=None,
        by=None,
    )
    for query in (
        {"about": f"programme-{programme.pk}"},
        {"about": "several", "activity": [activity.pk, other.pk]},
    ):
        page = text(client.get(REPORT, query))
        assert "<dt>Participations</dt><dd><b>4</b>" in page
        assert "<dt>Participants</dt><dd><b>3</b>" in page


def test_an_organisation_is_a_choice_for_who_coordinates_several(activity: ActivityPage) -> None:
    other = factories.make_activity()
    user = factories.make_coordinator(activity.organisation)
    one = signed_in(user)
    assert "structure-" not in text(one.get(REPORT))
    user.memberships.create(organisation=other.organisation, role="coordination", since="2024-01-01")
    page = text(one.get(REPORT, {"about": f"structure-{other.organisation_id}"}))
    assert f'<p class="escale-kicker">{other.organisation.name}</p>' in page


def test_what_is_another_organisations_does_not_exist(client: Client) -> None:
    theirs = factories.make_activity(title="Chez les voisins")
    programme = save_programme(
        programme=Programme(organisation=theirs.organisation, name="Des voisins"),
        activities=[theirs],
        seen=None,
        by=None,
    )
    for about in (
        {"about": f"dispositif-{theirs.pk}"},
        {"about": f"programme-{programme.pk}"},
        {"about": f"structure-{theirs.organisation_id}"},
        {"about": "several", "activity": theirs.pk},
    ):
        assert client.get(REPORT, about).status_code == 404
        for url in (PDF, XLSX):
            assert client.post(url, about).status_code == 404
    assert not JournalEntry.objects.filter(action="escale.export_report").exists()


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"about": "n’importe quoi"}, "Choisissez un sujet de la liste."),
        ({"about": "dispositif-x"}, "Choisissez un sujet de la liste."),
        ({"about": "several"}, "Cochez au moins un dispositif."),
        ({"period": "1990-1991"}, "Choisissez une période de la liste."),
        ({"period": "\0"}, "Choisissez une période de la liste."),
        ({"period": "dates", "since": "31/02/2025"}, "Indiquez une date qui existe"),
        ({"period": "dates", "since": "2025-02-01", "until": "2025-01-01"}, "finit avant de commencer"),
    ],
)
def test_nonsense_is_answered_by_a_sentence(
    client: Client, activity: ActivityPage, query: dict[str, str], said: str
) -> None:
    for response in (client.get(REPORT, query), client.post(PDF, query), client.post(XLSX, query)):
        assert response.status_code == 422
        assert response["Content-Type"].startswith("text/html")
        assert said in text(response)


def test_a_number_that_no_database_holds_is_a_stranger(client: Client, activity: ActivityPage) -> None:
    assert client.get(REPORT, {"about": "dispositif-" + "9" * 40}).status_code == 404


def test_a_file_leaves_by_post_and_leaves_a_line(client: Client, year: ActivityPage) -> None:
    query = f"about=dispositif-{year.pk}&period=2024-2025"
    assert client.get(f"{PDF}?{query}")["Location"] == f"{REPORT}?{query}"
    assert not JournalEntry.objects.filter(action="escale.export_report").exists()
    response = client.post(PDF, {"about": f"dispositif-{year.pk}", "period": "2024-2025"})
    assert 'filename="bilan-cafe-des-soignants-saison-2024-2025.pdf"' in response["Content-Disposition"]
    entry = JournalEntry.objects.get(action="escale.export_report")
    assert entry.organisation_id == year.organisation_id
    assert entry.data == {"kind": "pdf", "activities": [year.pk], "period": ["2024-09-01", "2025-08-31"]}


def test_the_page_takes_as_many_queries_for_three_sessions_as_for_one(
    client: Client, activity: ActivityPage, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.get(REPORT)
    for months in (["05"], ["06", "07"]):
        for month in months:
            people = [line(Date=f"10/{month}/2024", Courriel=f"p{i}@example.org") for i in range(6)]
            load(activity, csv_file(*people))
        with django_assert_num_queries(24):
            client.get(REPORT, {"period": "2023-2024"})


@pytest.mark.parametrize("comparing", [True, False])
@pytest.mark.parametrize(
    ("organisation", "title", "many"),
    [
        ("Communauté professionnelle territoriale " * 3, "Rencontre interprofessionnelle " * 8, 123_456),
        ("Communauté professionnelle territoriale " * 3, "Café", 1),
        ("CPTS", "W" * 33, 9_999),
        ("CPTS", "W" * 51, 9_999),
        ("CPTS", "W" * 28, 9_999),
        ("CPTS", "Café", 123_456_789),
    ],
)
def test_the_pdf_never_has_a_second_page(organisation: str, title: str, many: int, comparing: bool) -> None:
    """Long names, every profession, many towns, hours and months, large figures, and sheets to close."""
    activity = factories.make_activity(
        factories.make_organisation(name=organisation[:120]), title=title[:240]
    )
    capacity = min(9_999, 9_999 if many > 10_000 else 800)
    for month in range(12):
        town = f"Saint-Aubin-sur-la-Très-Longue-Commune-{month}"
        factories.make_session(activity, days=-30 * month - 1, city=town, capacity=capacity)
    subject = Subject(activity.title, [activity])
    bilan = compared(activities=[activity], period=Period(date(2000, 1, 1), date(2100, 1, 1)))
    crowd = _crowd(bilan, many)
    if not comparing:
        crowd = replace(crowd, previous=None)
    data = render_pdf(subject=subject, bilan=crowd)
    pages, words = read_pdf(data)
    assert pages == 1
    assert _tight("Établi avec Escale") in words
    assert _tight("chiffres sont provisoires") in words
    body, foot = _heights(data)
    assert min(body) > foot, "what stands lower than the foot begins is cut"


def _heights(data: bytes) -> tuple[list[float], float]:
    """How high each text before the foot stands on the page, and where the foot begins."""
    found: list[tuple[str, float]] = []
    page = PdfReader(io.BytesIO(data)).pages[0]
    page.extract_text(visitor_text=lambda text, cm, tm, *_font: found.append((text, cm[5] + cm[3] * tm[5])))
    foot = next(index for index, (text, _height) in enumerate(found) if "Comment" in text)
    return [height for text, height in found[:foot] if text.strip()], found[foot][1]


def _crowd(bilan: Bilan, many: int) -> Bilan:
    """The same bilan as if so many had come, from every profession, at every hour, in every town."""
    names = (
        "participations participants registrations women with_civility absent expected withdrawn waited "
        "unseated returning member_participations answers asked ratings"
    )
    big = replace(
        bilan.current,
        **dict.fromkeys(names.split(), many),
        satisfaction=Decimal("8.5"),
        minutes_attended=many * 120,
        professions=[bilans.Group(str(each.label), 500, 400) for each in Profession],
        cities=[bilans.Group(line.city * 2, 500, 400, 1) for line in bilan.current.lines],
        hours=[
            bilans.Group(f"{day}, {hour} h", 500, 400, 1, (number, hour))
            for number, day in enumerate(WEEKDAYS)
            for hour in range(8, 21)
        ],
    )
    small = replace(big, participations=many // 2, participants=many // 3, satisfaction=Decimal("7.9"))
    return replace(bilan, current=big, before=bilan.period.previous(date(2026, 1, 1)), previous=small)
