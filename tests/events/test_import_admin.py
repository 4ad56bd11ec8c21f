"""Import and report in the admin: previewed, confirmed, and only for one's own organisation."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from events.domain.imports import reading, uploads
from events.models import ActivityPage, JournalEntry, Registration
from members.models import User
from tests import factories
from tests.events.import_files import SAMPLE, csv_file, line

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
UPLOAD, REPORT = "/admin/import/", "/admin/bilan/"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> Path:
    folder = tmp_path / "imports"
    kept = settings.STORAGES["imports"]
    place = {**kept, "OPTIONS": {**kept["OPTIONS"], "location": folder}}
    settings.STORAGES = {**settings.STORAGES, "imports": place}
    return folder


def signed_in(user: User) -> Client:
    group, _ = Group.objects.get_or_create(name="accès")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    user.groups.add(group)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def activity() -> ActivityPage:
    return factories.make_activity(title="Café du port")


@pytest.fixture
def client(activity: ActivityPage) -> Client:
    return signed_in(factories.make_coordinator(activity.organisation))


def upload(client: Client, activity: ActivityPage, data: bytes, name: str = "table.csv") -> Any:
    return client.post(UPLOAD, {"activity": activity.pk, "file": SimpleUploadedFile(name, data)})


def text(response: Any) -> str:
    return response.content.decode()  # type: ignore[no-any-return]


def waiting(folder: Path) -> list[Path]:
    return list(folder.glob("*"))


def test_the_sample_is_previewed_then_confirmed(client: Client, activity: ActivityPage, folder: Path) -> None:
    response = upload(client, activity, SAMPLE.read_bytes())
    preview = response["Location"]
    page = client.get(preview)
    assert page.status_code == 200
    assert "174 lignes, 12 sessions dont 12 à créer" in text(page)
    assert not Registration.objects.exists()
    assert [path.stat().st_mode & 0o777 for path in waiting(folder)] == [0o600]
    done = client.post(f"{preview}confirmer/", follow=True)
    assert "174 participations créées, 0 modifiées, 0 inchangées, 0 lignes refusées" in text(done)
    assert Registration.objects.count() == 174
    assert not waiting(folder)
    assert JournalEntry.objects.filter(action="escale.import").count() == 12
    figures = text(client.get(f"{REPORT}?activity={activity.pk}")).replace("\N{NO-BREAK SPACE}", " ")
    for shown in ("105 %", "151 participations pour 144 places", "121 participations sur 151", "8,4 / 10"):
        assert shown in figures


def test_bad_lines_are_shown_with_their_reasons(client: Client, activity: ActivityPage) -> None:
    data = csv_file(
        line(), line(Date="31/02/2024"), line(Profession="<b>Naturopathe</b>", Courriel="z@example.org")
    )
    preview = upload(client, activity, data)["Location"]
    assert "« 31/02/2024 » n’existe pas dans le calendrier" in text(client.get(f"{preview}?voir=error"))
    warned = text(client.get(f"{preview}?voir=warned"))
    assert "&lt;b&gt;Naturopathe&lt;/b&gt;" in warned
    assert "31/02/2024" not in warned
    for query in ("?p=99", "?p=x", "?voir=%00", "?voir=create"):
        assert client.get(preview + query).status_code == 200


def test_long_tables_are_paged(client: Client, activity: ActivityPage) -> None:
    preview = upload(client, activity, SAMPLE.read_bytes())["Location"]
    assert "Page 1 sur 2" in text(client.get(preview))
    assert "Page 2 sur 2" in text(client.get(f"{preview}?p=2"))


def test_confirming_twice_is_harmless(client: Client, activity: ActivityPage) -> None:
    preview = upload(client, activity, csv_file(line()))["Location"]
    client.post(f"{preview}confirmer/")
    again = client.post(f"{preview}confirmer/", follow=True)
    assert "déjà été confirmé ou abandonné" in text(again)
    assert Registration.objects.count() == 1


def test_an_abandoned_import_leaves_nothing(client: Client, activity: ActivityPage, folder: Path) -> None:
    preview = upload(client, activity, csv_file(line()))["Location"]
    assert "rien n’a été écrit" in text(client.post(f"{preview}abandonner/", follow=True))
    assert not waiting(folder)
    assert not Registration.objects.exists()


def test_a_get_confirms_nothing(client: Client, activity: ActivityPage) -> None:
    preview = upload(client, activity, csv_file(line()))["Location"]
    assert client.get(f"{preview}confirmer/").status_code == 405
    assert client.get(f"{preview}abandonner/").status_code == 405
    assert not Registration.objects.exists()


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"", "a.csv", "vide"),
        (b"\0" * 99, "a.csv", "vide"),
        (b"a;b;c\n1;2;3\n", "a.csv", "Les titres des colonnes ne sont pas reconnus"),
        (b"rubbish", "a.xlsx", "abîmé"),
        (b"x" * (30 * reading.MEGABYTE), "a.csv", "pèse 30 Mo"),
        (b"x", "a" * 190 + ".csv", "titres des colonnes"),
    ],
    ids=["empty", "NUL", "columns", "xlsx", "30 MB", "name"],
)
def test_a_bad_file_is_refused_beside_its_field(
    client: Client, activity: ActivityPage, folder: Path, data: bytes, name: str, said: str
) -> None:
    response = upload(client, activity, data, name)
    assert response.status_code == 422
    assert said in text(response)
    assert f'<option value="{activity.pk}" selected>' in text(response)
    assert not waiting(folder)


def test_nothing_sent_is_told_field_by_field(client: Client) -> None:
    response = client.post(UPLOAD, {})
    assert response.status_code == 422
    assert "Choisissez le dispositif" in text(response)
    assert "Choisissez le tableau" in text(response)


@pytest.mark.parametrize("typed", ["\0", "abc", "9" * 40])
def test_a_false_activity_is_refused(client: Client, typed: str) -> None:
    response = client.post(UPLOAD, {"activity": typed, "file": SimpleUploadedFile("a.csv", csv_file(line()))})
    assert response.status_code == 422
    assert "Choisissez un dispositif de la liste." in text(response)


def test_another_organisation_is_out_of_reach(client: Client, activity: ActivityPage) -> None:
    theirs = factories.make_activity(title="Chez les voisins")
    assert upload(client, theirs, csv_file(line())).status_code == 422
    assert "Chez les voisins" not in text(client.get(UPLOAD))
    assert "Chez les voisins" not in text(client.get(REPORT))
    assert client.get(f"{REPORT}?activity={theirs.pk}").status_code == 404


def test_somebody_elses_upload_is_out_of_reach(client: Client, activity: ActivityPage, folder: Path) -> None:
    preview = upload(client, activity, csv_file(line()))["Location"]
    other = signed_in(factories.make_coordinator(activity.organisation))
    assert other.get(preview)["Location"] == UPLOAD
    other.post(f"{preview}confirmer/")
    other.post(f"{preview}abandonner/")
    assert not Registration.objects.exists()
    assert len(waiting(folder)) == 1


def test_a_coordinator_who_lost_the_organisation_confirms_nothing(
    client: Client, activity: ActivityPage
) -> None:
    keeps = factories.make_activity()
    user = factories.make_coordinator(activity.organisation)
    user.memberships.create(organisation=keeps.organisation, role="coordination", since="2024-01-01")
    theirs = signed_in(user)
    preview = upload(theirs, activity, csv_file(line()))["Location"]
    user.memberships.filter(organisation=activity.organisation).delete()
    assert theirs.post(f"{preview}confirmer/").status_code == 404
    assert not Registration.objects.exists()


@pytest.mark.parametrize("url", [UPLOAD, REPORT, f"{UPLOAD}{'0' * 40}/"])
def test_only_coordinators_enter(url: str) -> None:
    assert Client().get(url).status_code == 302
    visitor = Client()
    visitor.force_login(factories.make_user())
    assert visitor.get(url).status_code in (302, 403, 404)
    editor = signed_in(factories.make_user())
    assert editor.get(url)["Location"] == reverse("wagtailadmin_home")


@pytest.mark.parametrize("token", ["0" * 40, "x", "..", "%2e%2e%2fsettings.py"])
def test_an_unknown_upload_leads_back(client: Client, token: str) -> None:
    response = client.get(f"{UPLOAD}{token}/")
    assert response.status_code in (302, 404)


def test_forgotten_files_are_purged(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = uploads.keep(b"old")
    monkeypatch.setattr(uploads, "KEPT_SECONDS", -10)
    assert uploads.purge_forgotten() == 1
    assert uploads.read(name) is None


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("since=31/02/2025", "Indiquez une date qui existe"),
        ("since=0001-01-01", "entre 2000 et 2100"),
        ("since=2025-02-01&until=2025-01-01", "La période finit avant de commencer."),
        ("activity=abc", "Choisissez un dispositif de la liste."),
        ("activity=%00&since=%00", "Choisissez un dispositif de la liste."),
    ],
)
def test_a_bad_period_is_refused_beside_its_field(client: Client, query: str, said: str) -> None:
    response = client.get(f"{REPORT}?{query}")
    assert response.status_code == 422
    assert said in text(response)


def test_an_empty_report_says_so(client: Client, activity: ActivityPage) -> None:
    assert "Aucune session n’a encore eu lieu" in text(client.get(REPORT))


def test_the_administrator_sees_every_activity(activity: ActivityPage) -> None:
    other = factories.make_activity()
    admin = signed_in(factories.make_admin())
    for each in (activity, other):
        assert admin.get(f"{REPORT}?activity={each.pk}").status_code == 200
