"""The one way a rule says no."""


class DomainError(Exception):
    """A rule refuses; ``str(error)`` is the French sentence that the user reads.

    ``field`` names the form field that the sentence belongs to, when there is one.
    """

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class StorageAwayError(OSError):
    """Files that several machines share cannot be had now; a moment later they may."""
