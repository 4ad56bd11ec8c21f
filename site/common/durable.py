"""What a power cut must not take back."""

import os
from pathlib import Path


def sync_directory(directory: Path) -> None:
    """Names written, changed or removed in ``directory`` are on disk before we return."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
