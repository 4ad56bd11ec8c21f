"""What would work badly in silence is said when the project starts."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register

from common.file_places import BUCKETS, is_shared

LONGEST_ANSWER = 30  # seconds of a mail server


@register(deploy=True)
def certificates_render_fast(**_: Any) -> list[CheckMessage]:
    """Without libharfbuzz-subset0 WeasyPrint falls back without a word, ten times slower.

    Asked with ``check --deploy`` only: loading WeasyPrint takes a second, for each command.
    """
    install = "Debian, Ubuntu : apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
    try:
        from weasyprint.text.ffi import harfbuzz_subset
    except OSError:
        return [
            Error("Pango manque : aucune attestation ne peut être produite.", hint=install, id="escale.E001")
        ]
    if harfbuzz_subset is None:
        return [
            checks.Warning(
                "libharfbuzz-subset manque : les attestations seront lentes.", hint=install, id="escale.W001"
            )
        ]
    return []


@register()
def links_have_an_address(**_: Any) -> list[CheckMessage]:
    """Every link in a message starts with BASE_URL."""
    address = urlsplit(settings.BASE_URL)
    if address.scheme in ("http", "https") and address.hostname and not address.path:
        return []
    return [
        Error(
            f"BASE_URL n’est pas une adresse de site : {settings.BASE_URL}",
            hint="Par exemple https://escale.example.org, sans chemin.",
            id="escale.E002",
        )
    ]


@register()
def secret_key_is_set(**_: Any) -> list[CheckMessage]:
    if settings.SECRET_KEY:
        return []
    return [
        Error(
            "SECRET_KEY manque.",
            hint='python -c "import secrets; print(secrets.token_urlsafe(50))"',
            id="escale.E003",
        )
    ]


@register()
def the_demo_stays_a_demo(**_: Any) -> list[CheckMessage]:
    """The demo shows everybody's mail and has a known password."""
    if settings.DEMO and settings.HTTPS:
        return [
            Error(
                "ESCALE_DEMO montre les messages de tous : jamais en HTTPS, donc en vrai.", id="escale.E004"
            )
        ]
    return []


@register(Tags.security, deploy=True)
def mail_goes_somewhere(**_: Any) -> list[CheckMessage]:
    if settings.EMAIL_BACKEND.endswith((".console.EmailBackend", ".dummy.EmailBackend")):
        return [checks.Warning("Les messages ne partent pas.", hint="EMAIL_URL=smtp://…", id="escale.W002")]
    return []


@register(deploy=True)
def mail_is_neither_cut_short_nor_waited_for(**_: Any) -> list[CheckMessage]:
    """Codes to sign in leave within a visit; and no server answers in no time at all."""
    if 1 <= settings.EMAIL_TIMEOUT <= LONGEST_ANSWER:
        return []
    return [
        checks.Warning(
            f"EMAIL_TIMEOUT va de 1 à {LONGEST_ANSWER} secondes, et non {settings.EMAIL_TIMEOUT}.",
            hint="EMAIL_TIMEOUT=10",
            id="escale.W006",
        )
    ]


@register(Tags.security, deploy=True)
def other_peoples_data_are_guarded(**_: Any) -> list[CheckMessage]:
    if not settings.SECOND_FACTOR_REQUIRED:
        return [
            checks.Warning(
                "Une boîte e-mail détournée ouvre les données de tous.",
                hint="Ne posez pas SECOND_FACTOR_REQUIRED=0.",
                id="escale.W003",
            )
        ]
    return []


@register()
def identities_come_over_tls(**_: Any) -> list[CheckMessage]:
    """What Pro Santé Connect tells is believed because of where it came from."""
    if not settings.PSC_CLIENT_ID:
        return []
    address = urlsplit(settings.PSC_SERVER_URL)
    local = address.hostname in ("localhost", "127.0.0.1")
    if address.hostname and (address.scheme == "https" or local):
        return []
    return [Error(f"PSC_SERVER_URL n’est pas en https : {settings.PSC_SERVER_URL}", id="escale.E005")]


@register()
def shared_files_have_both_places(**_: Any) -> list[CheckMessage]:
    """Half of it would write the files that name people beside the pictures, or on one machine only."""
    s3 = settings.S3
    if not any(s3.values()):
        return []
    if not is_shared(s3):
        missing = " et ".join(name for name in BUCKETS if not s3[name])
        return [Error(f"Le stockage S3 est à moitié réglé : il manque {missing}.", id="escale.E006")]
    if s3["S3_BUCKET"] == s3["S3_PRIVATE_BUCKET"]:
        return [Error("S3_BUCKET et S3_PRIVATE_BUCKET sont le même : il en faut deux.", id="escale.E006")]
    return []


@register(Tags.security, deploy=True)
def several_machines_share_a_cache(**_: Any) -> list[CheckMessage]:
    """Buckets say that there are several; each with a cache of its own would count and keep for itself."""
    if not is_shared(settings.S3) or "Redis" in settings.CACHES["default"]["BACKEND"]:
        return []
    return [
        checks.Warning(
            "Les fichiers sont partagés (S3), le cache ne l’est pas : les limites seraient fausses.",
            hint="CACHE_URL=rediscache://…",
            id="escale.W004",
        )
    ]


@register(Tags.security, deploy=True)
def shared_files_travel_over_tls(**_: Any) -> list[CheckMessage]:
    address = settings.S3["S3_ENDPOINT_URL"]
    if not address or address.startswith("https://"):
        return []
    return [checks.Warning("S3_ENDPOINT_URL n’est pas en https.", hint="https://s3…", id="escale.W005")]
