"""An organisation's electronic seal (PAdES) on its documents, with a key that the database never holds.

``SEALS_DIR`` holds ``<slug of the organisation>.p12`` (PKCS#12); ``SEALS_PASSPHRASE`` opens it. Off unless
both are there. An elliptic key (P-256) seals six times faster than RSA.
"""

import io
import logging
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from pyhanko.sign.signers import SimpleSigner

FIELD = "Cachet"
logger = logging.getLogger(__name__)


def has_key(organisation: str) -> bool:
    return _signer(organisation) is not None


def seal(pdf: bytes, *, organisation: str) -> bytes:
    """``pdf`` sealed with the key of ``organisation`` (its slug); as it is when no key opens."""
    signer = _signer(organisation)
    if signer is None:
        return pdf
    # Loads cryptography and asn1: only for who seals.
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.fields import SigSeedSubFilter
    from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner

    metadata = PdfSignatureMetadata(field_name=FIELD, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES)
    out = PdfSigner(metadata, signer=signer).sign_pdf(
        IncrementalPdfFileWriter(io.BytesIO(pdf)), output=io.BytesIO()
    )
    return bytes(out.getvalue())


def _signer(organisation: str) -> "SimpleSigner | None":
    """A slug holds no slash and no dot: it leads nowhere else."""
    if not settings.SEALS_DIR:
        return None
    path = Path(settings.SEALS_DIR) / f"{organisation}.p12"
    return _open(path, path.stat().st_mtime_ns) if path.is_file() else None


@cache
def _open(path: Path, _changed: int) -> "SimpleSigner | None":
    from pyhanko.sign.signers import SimpleSigner

    signer = SimpleSigner.load_pkcs12(str(path), passphrase=settings.SEALS_PASSPHRASE.encode() or None)
    if signer is None:
        logger.error("The key %s does not open: its organisation's documents go unsealed.", path.name)
    return signer
