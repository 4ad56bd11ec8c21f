"""Handing out what names people: the line of the journal comes before the first byte."""

from typing import IO

from wagtail.log_actions import log

from certificates.domain import files
from certificates.domain.batches import is_ready
from certificates.models import Certificate, IssueBatch
from common.errors import DomainError
from members.models import User


def fetch(*, batch: IssueBatch, which: str, by: User) -> IO[bytes]:
    """The archive (``zip``) or the one file (``pdf``) of ``batch``, open. Raises ``DomainError``."""
    file = {"zip": batch.archive, "pdf": batch.merged}.get(which)
    if not file or not is_ready(batch):
        raise DomainError("Ces fichiers ne sont plus gardés : demandez-les de nouveau.")
    try:
        opened: IO[bytes] = file.storage.open(str(file.name), "rb")
    except FileNotFoundError:
        raise DomainError("Ces fichiers ne sont plus gardés : demandez-les de nouveau.") from None
    data = {"what": "certificates", "file_type": which, "rows": batch.done}
    log(instance=batch, action="escale.export", user=by, data=data)
    return opened


def fetch_one(*, certificate: Certificate, by: User) -> bytes:
    """Its PDF, for the coordination."""
    if certificate.status != Certificate.Status.VALID:
        raise DomainError("Cette attestation n’est plus valable : elle ne se télécharge plus.")
    data = {"what": "certificates", "file_type": "pdf", "rows": 1}
    log(instance=certificate, action="escale.export", user=by, data=data)
    return files.hand_out(certificate)
