"""Where files are kept is either on this machine or in two buckets: never half of it."""

import pytest
from django.core.files.storage import storages
from django.test import Client
from django.urls import reverse

from common.checks import shared_files_have_both_places
from common.errors import StorageAwayError
from common.file_places import NAMES, places
from tests.processes import free_port

pytestmark = pytest.mark.one_engine
NOTHING = dict.fromkeys(NAMES, "")
BOTH = NOTHING | {"S3_BUCKET": "media", "S3_PRIVATE_BUCKET": "prive"}


@pytest.mark.parametrize(
    "half",
    [
        {"S3_BUCKET": "media"},
        {"S3_PRIVATE_BUCKET": "prive"},
        {"S3_ENDPOINT_URL": "https://s3.example.org"},
        {"S3_BUCKET": "un", "S3_PRIVATE_BUCKET": "un"},
    ],
)
def test_half_a_setting_is_refused(settings, half) -> None:
    settings.S3 = NOTHING | half
    assert [found.id for found in shared_files_have_both_places()] == ["escale.E006"]


@pytest.mark.parametrize("whole", [NOTHING, BOTH])
def test_none_or_both_are_right(settings, whole) -> None:
    settings.S3 = whole
    assert shared_files_have_both_places() == []


@pytest.fixture
def away(settings, tmp_path, monkeypatch) -> None:
    """Buckets at an address where nobody listens."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    s3 = BOTH | {"S3_ENDPOINT_URL": f"http://127.0.0.1:{free_port()}", "S3_REGION": "us-east-1"}
    settings.STORAGES = {**settings.STORAGES, **places(s3, private=tmp_path, imports=tmp_path)}


def test_an_address_is_ours_or_there_is_none(away) -> None:
    assert storages["default"].url("images/a b.jpg") == "/media/images/a%20b.jpg"
    with pytest.raises(NotImplementedError):
        storages["private"].url("batches/1/attestations.zip")


def test_a_service_that_is_away_is_told_as_a_disk_would_be(away) -> None:
    for name in ("default", "private", "imports"):
        with pytest.raises(StorageAwayError):
            storages[name].open("x")


@pytest.mark.django_db
def test_a_picture_that_cannot_be_had_now_answers_503(away) -> None:
    answer = Client(raise_request_exception=False).get(reverse("media_image", args=["a.jpg"]))
    assert answer.status_code == 503


@pytest.mark.django_db  # the page that says so has a menu
@pytest.mark.parametrize("name", ["../original_images/a.jpg", "a/../../original_images/a.jpg", "a//b", "./a"])
def test_no_name_climbs_out_of_the_pictures_of_pages(away, name) -> None:
    """Refused before anything is asked of the buckets, which would answer with what was sent."""
    assert Client().get(f"/media/images/{name}").status_code in (302, 404)
