"""Two people editing the same thing: the second one is warned, nothing is silently overwritten."""

from typing import Any

from django.db import models
from django.utils import timezone

from common import moments
from common.errors import DomainError


class Versioned(models.Model):
    """A row whose every edit raises ``version``; a form sends back the version that it showed."""

    version = models.PositiveIntegerField(default=1, editable=False)
    edited_at = models.DateTimeField("modifié le", null=True, blank=True, editable=False)
    edited_by = models.ForeignKey(
        "members.User", models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )

    class Meta:
        abstract = True


class StaleError(DomainError):
    """What was typed rests on facts that somebody changed meanwhile; ``stored`` is what stands now."""

    def __init__(self, stored: Versioned) -> None:
        who = f"{stored.edited_by} a" if stored.edited_by else "Une autre personne a"
        when = f" le {moments.short_moment(stored.edited_at)}" if stored.edited_at else ""
        super().__init__(
            f"{who} modifié cette fiche{when}, après que vous l’avez ouverte. Rien n’est enregistré : "
            "comparez ci-dessous, puis enregistrez à nouveau pour garder votre version."
        )
        self.stored = stored


def raise_version(*, stored: Versioned, seen: int | None, by: Any) -> tuple[str, ...]:
    """Note an edit on the locked ``stored``; returns the fields to save.

    ``seen`` is the version that the editor was shown; None for code that edits without showing.
    Raises ``StaleError`` when somebody else saved since.
    """
    if seen is not None and seen != stored.version:
        raise StaleError(stored)
    stored.version += 1
    stored.edited_at = timezone.now()
    stored.edited_by = by
    return ("version", "edited_at", "edited_by")
