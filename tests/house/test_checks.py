"""The system checks speak up."""

from unittest import mock

import pytest
from django.core.checks import run_checks
from pytest_django import Settings

pytestmark = pytest.mark.one_engine


def ids(*, deploy: bool = False) -> set[str | None]:
    found = {message.id for message in run_checks(include_deployment_checks=deploy)}
    return {id_ for id_ in found if id_ and id_.startswith("escale.")}


def test_a_sound_installation_has_nothing_to_say() -> None:
    assert ids() == set()


def test_a_missing_font_subsetter_is_a_warning() -> None:
    with mock.patch("weasyprint.text.ffi.harfbuzz_subset", None):
        assert "escale.W001" in ids(deploy=True)


@pytest.mark.parametrize("address", ["", "escale.example.org", "https://escale.example.org/escale"])
def test_an_address_that_links_cannot_start_with_is_an_error(settings: Settings, address: str) -> None:
    settings.BASE_URL = address
    assert ids() == {"escale.E002"}


def test_a_missing_secret_key_is_an_error() -> None:
    told = {"SECRET_KEY": "", "BASE_URL": "http://localhost", "DEMO": False, "PSC_CLIENT_ID": ""}
    with mock.patch("common.checks.settings", **told):
        assert ids() == {"escale.E003"}


def test_the_demo_over_https_is_an_error(settings: Settings) -> None:
    settings.DEMO = settings.HTTPS = True
    assert ids() == {"escale.E004"}


def test_mail_that_goes_nowhere_is_a_warning_when_deploying(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    assert "escale.W002" in ids(deploy=True)


def test_an_identity_provider_without_tls_is_an_error(settings: Settings) -> None:
    settings.PSC_CLIENT_ID, settings.PSC_SERVER_URL = "escale", "http://psc.example.org/x"
    assert ids() == {"escale.E005"}
    settings.PSC_SERVER_URL = "https://psc.example.org/x"
    assert ids() == set()


def test_a_site_without_second_factor_is_a_warning(settings: Settings) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    assert "escale.W003" in ids(deploy=True)


@pytest.mark.parametrize(("seconds", "told"), [(0, True), (1, False), (30, False), (31, True)])
def test_a_mail_server_given_no_time_or_too_much_is_a_warning(
    settings: Settings, seconds: int, told: bool
) -> None:
    settings.EMAIL_TIMEOUT = seconds
    assert ("escale.W006" in ids(deploy=True)) == told


SHARED = {
    "S3_BUCKET": "escale",
    "S3_PRIVATE_BUCKET": "escale-private",
    "S3_ENDPOINT_URL": "https://s3.example.org",
    "S3_REGION": "",
    "S3_ADDRESSING": "",
}
REDIS = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1"}


def test_several_machines_without_a_cache_of_all_is_a_warning(settings: Settings) -> None:
    assert "escale.W004" not in ids(deploy=True)
    settings.S3 = SHARED
    assert "escale.W004" in ids(deploy=True)
    settings.CACHES = {**settings.CACHES, "default": REDIS}
    assert "escale.W004" not in ids(deploy=True)


def test_shared_files_without_tls_is_a_warning(settings: Settings) -> None:
    settings.S3 = SHARED
    assert "escale.W005" not in ids(deploy=True)
    settings.S3 = {**SHARED, "S3_ENDPOINT_URL": "http://s3.example.org"}
    assert "escale.W005" in ids(deploy=True)
