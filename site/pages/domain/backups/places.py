"""The directories of files that a backup holds, by the name that they have in the archive."""

from collections.abc import Iterator
from pathlib import Path

from django.core.files.storage import FileSystemStorage, storages

# The rest of the private storage is made anew, and goes within a week.
PRIVATE_KEPT = "documents"
PREFIX = ".escale-"


def places() -> dict[str, Path]:
    """Media, and the logos of documents; one kept on other machines (S3) has backups of its own there."""
    found = {}
    if isinstance(media := storages["default"], FileSystemStorage):
        found["media"] = Path(media.location)
    if isinstance(private := storages["private"], FileSystemStorage):
        found["private"] = Path(private.location) / PRIVATE_KEPT
    return found


def files() -> Iterator[tuple[str, Path]]:
    """Each file with its name in the archive, in a stable order."""
    for name, root in places().items():
        for path in sorted(root.rglob("*")):
            inside = path.relative_to(root)
            if not inside.parts[0].startswith(PREFIX) and path.is_file() and not path.is_symlink():
                yield f"{name}/{inside.as_posix()}", path


def switch(name: str, fresh: Path) -> None:
    """Put what ``fresh`` holds in the place of what the directory holds.

    Only names change inside the directory, which may be a volume of its own.
    """
    root = places()[name]
    root.mkdir(parents=True, exist_ok=True)
    former = root / f"{PREFIX}avant"
    former.mkdir(exist_ok=True)
    for child in list(root.iterdir()):
        if not child.name.startswith(PREFIX):
            child.rename(former / child.name)
    for child in list(fresh.iterdir()):
        child.rename(root / child.name)
