"""Files in buckets of an S3 service that several machines share. No address of the service ever leaves.

Whatever goes wrong there is an ``OSError``, as it is of a disk: what forgives a disk forgives this too,
and what does not answers a 503.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urljoin

from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.files.base import File
from django.utils.encoding import filepath_to_uri
from storages.backends.s3 import S3Storage

from common.errors import StorageAwayError

# Seconds: a visitor waits for them.
CONNECT, READ, TRIES = 2, 10, 2
BROKEN = 500  # statuses from here on are the service's own


@contextmanager
def _heard() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) >= BROKEN:
            raise StorageAwayError("The object storage does not do its work") from error
        raise
    except (BotoCoreError, Boto3Error) as error:
        raise StorageAwayError("The object storage does not answer") from error


class Objects(S3Storage):
    """No access list is sent: a bucket's own, private, holds, and many services refuse any other."""

    def __init__(self, *, addressing_style: str | None = None, **options: Any) -> None:
        config = Config(
            s3={"addressing_style": addressing_style or "auto"},
            signature_version="s3v4",
            connect_timeout=CONNECT,
            read_timeout=READ,
            retries={"total_max_attempts": TRIES, "mode": "standard"},
            # Services other than Amazon's know no others.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        mine = {"client_config": config, "default_acl": None, "max_memory_size": 5 * 1024 * 1024}
        super().__init__(**mine, **options)

    def _open(self, name: str, mode: str = "rb") -> File:
        """Wholly there when this returns: an answer that has begun must not break."""
        with _heard():
            opened = super()._open(name, mode)
            if "w" not in mode:
                opened.file  # noqa: B018 the first look fetches it
            return opened

    def _save(self, name: str, content: Any) -> str:
        with _heard():
            return str(super()._save(name, content))

    def delete(self, name: str) -> None:
        with _heard():
            super().delete(name)

    def exists(self, name: str) -> bool:
        with _heard():
            return bool(super().exists(name))

    def listdir(self, name: str) -> tuple[list[str], list[str]]:
        with _heard():
            folders, files = super().listdir(name)
            return folders, files

    def size(self, name: str) -> int:
        with _heard():
            return int(super().size(name))

    def get_modified_time(self, name: str) -> Any:
        with _heard():
            return super().get_modified_time(name)


class MediaObjects(Objects):
    """Pictures and documents, under the same addresses of ours as from a directory."""

    def __init__(self, **options: Any) -> None:
        super().__init__(file_overwrite=False, **options)

    def url(self, name: str, *_: Any, **__: Any) -> str:
        return urljoin(settings.MEDIA_URL, filepath_to_uri(name).lstrip("/"))


class PrivateObjects(Objects):
    """Names are chosen by us, and never twice for different things."""

    def __init__(self, **options: Any) -> None:
        super().__init__(file_overwrite=True, **options)

    def url(self, name: str, *_: Any, **__: Any) -> str:
        raise NotImplementedError("Private files have no address")
