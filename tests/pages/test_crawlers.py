"""What search engines are told, where a moved page leads, which pictures are served."""

from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import PageViewRestriction

from events.models import Session
from pages.models import HomePage
from tests.factories import make_activity, make_session

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]


def test_the_sitemap_lists_what_is_public_and_nothing_else(home: HomePage) -> None:
    public, private = make_session(), make_session()
    draft = make_session(status=Session.Status.DRAFT)
    PageViewRestriction.objects.create(page=private.activity, restriction_type="password", password="houle")
    response = Client().get("/sitemap.xml")
    listed = response.content.decode()
    assert response["Content-Type"].startswith("application/xml")
    assert "<loc>http://localhost:8000/</loc>" in listed
    assert f"http://localhost:8000{public.activity.get_url()}</loc>" in listed
    assert f"/sessions/{public.pk}/</loc>" in listed
    assert private.activity.slug not in listed
    for hidden in (private, draft):
        assert f"/sessions/{hidden.pk}/<" not in listed


@pytest.mark.parametrize("number", [1, 3])
def test_the_sitemap_costs_the_same_however_long(home: HomePage, number: int) -> None:
    for _ in range(number):
        make_session(make_activity())
    Client().get("/sitemap.xml")
    with CaptureQueriesContext(connection) as asked:
        Client().get("/sitemap.xml")
    assert len(asked) == 3  # the site, its pages, its sessions


def test_robots_keep_away_from_what_is_personal(settings) -> None:
    said = Client().get("/robots.txt").content.decode()
    for path in ("/admin/", "/inscriptions/", "/compte/", "/mon-espace/", "/avis/"):
        assert f"Disallow: {path}\n" in said
    assert "Sitemap: http://localhost:8000/sitemap.xml" in said
    settings.DEMO = True
    assert "Disallow: /\n" in Client().get("/robots.txt").content.decode()


def test_a_page_names_its_address_without_its_filters(home: HomePage) -> None:
    page = Client().get("/calendrier/?q=sophrologie").content.decode()
    assert '<link rel="canonical" href="http://localhost:8000/calendrier/">' in page


def test_a_moved_address_leads_on(home: HomePage) -> None:
    Redirect.objects.create(old_path="/ancienne", redirect_link="/calendrier/")
    response = Client().get("/ancienne/")
    assert (response.status_code, response["Location"]) == (301, "/calendrier/")


@pytest.mark.parametrize("path", ["/%00/", "/" + "a" * 3000 + "/", "/rien/?q=%00", "/..%2f..%2fetc/"])
def test_an_address_of_nonsense_is_not_found(home: HomePage, path: str) -> None:
    assert Client().get(path).status_code == 404


def test_a_lost_visitor_may_search(home: HomePage) -> None:
    page = Client().get("/perdu/").content.decode()
    assert 'action="/calendrier/"' in page
    assert "noindex" in page
    assert "canonical" not in page


def test_only_cut_pictures_are_served(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    for folder in ("images", "original_images"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "port.png").write_bytes(ContentFile(b"image").read())
    response = Client().get("/media/images/port.png")
    assert b"".join(response) == b"image"
    assert "max-age" in response["Cache-Control"]
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    for path in ("original_images/port.png", "images/../original_images/port.png", "images/", "images/%00"):
        assert Client().get(f"/media/{path}").status_code in (400, 404)
