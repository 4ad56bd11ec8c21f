"""Where files are kept: in directories of this machine, or in buckets that several machines share."""

from pathlib import Path
from typing import Any

from environ import Env

LOCAL = "django.core.files.storage.FileSystemStorage"
BUCKETS = ("S3_BUCKET", "S3_PRIVATE_BUCKET")
NAMES = (*BUCKETS, "S3_ENDPOINT_URL", "S3_REGION", "S3_ADDRESSING")


def s3_settings(env: Env) -> dict[str, str]:
    """What the environment says of S3; keys are where every S3 program looks for them (AWS_…)."""
    return {name: env(name, default="") for name in NAMES}


def is_shared(s3: dict[str, str]) -> bool:
    return all(s3[name] for name in BUCKETS)


def places(s3: dict[str, str], *, private: Path, imports: Path) -> dict[str, dict[str, Any]]:
    """« default »: media. « private » names people: no address leads there, a view that knows who asks
    hands them out. « imports »: spreadsheets between their preview and their import, never served."""
    if is_shared(s3):
        inside = {"BACKEND": "common.object_storage.PrivateObjects"}
        return {
            "default": {"BACKEND": "common.object_storage.MediaObjects", "OPTIONS": _bucket(s3, "S3_BUCKET")},
            "private": {**inside, "OPTIONS": _bucket(s3, "S3_PRIVATE_BUCKET")},
            "imports": {
                **inside,
                "OPTIONS": {**_bucket(s3, "S3_PRIVATE_BUCKET"), "location": "imports"},
            },
        }
    modes = {"file_permissions_mode": 0o600, "directory_permissions_mode": 0o700}
    return {
        "default": {"BACKEND": LOCAL},
        "private": {"BACKEND": LOCAL, "OPTIONS": {"location": private}},
        "imports": {"BACKEND": LOCAL, "OPTIONS": {"location": imports, **modes}},
    }


def _bucket(s3: dict[str, str], name: str) -> dict[str, Any]:
    return {
        "bucket_name": s3[name],
        "endpoint_url": s3["S3_ENDPOINT_URL"] or None,
        "region_name": s3["S3_REGION"] or None,
        "addressing_style": s3["S3_ADDRESSING"] or None,
    }
