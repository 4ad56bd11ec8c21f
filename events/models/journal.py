"""Who did what to which registration, sheet, certificate, export, permission: written, never rewritten."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
from wagtail.models.audit_log import BaseLogEntry, BaseLogEntryManager, LogEntryQuerySet

from common.prepared_insert import PreparedInsert


def journalled() -> list[type[models.Model]]:
    """The models of every app that say where their entries belong."""
    return [model for model in apps.get_models() if hasattr(model, "journal_place")]


class JournalManager(BaseLogEntryManager):
    def log_action(self, instance: models.Model, action: str, **kwargs: Any) -> "JournalEntry":
        """Wagtail's entry, with the organisation and the session that it concerns.

        A model says so itself: ``journal_place() -> (organisation id, session id)``. One whose text
        names a person says what to write instead: ``journal_title() -> str``.
        """
        return super().log_action(instance, action, **self._place(instance), **kwargs)

    def ready(self, *, of: type[models.Model], pk: int, title: str, **said: Any) -> "ReadyEntry":
        """What ``log_action`` would write of what is told: made before a lock is held."""
        kind = ContentType.objects.get_for_model(of, for_concrete_model=False)
        entry = JournalEntry(
            content_type=kind, object_id=str(pk), label=title, timestamp=timezone.now(), **said
        )
        return ReadyEntry(entry, NOTED.values(entry))

    def log_many(
        self, lines: Iterable[tuple[models.Model, dict[str, Any]]], *, action: str, user: Any
    ) -> list["JournalEntry"]:
        """One entry for each stored instance with its ``data``, in one statement."""
        now = timezone.now()
        entries = [
            JournalEntry(
                content_type=ContentType.objects.get_for_model(instance, for_concrete_model=False),
                label=self.get_instance_title(instance),
                action=action,
                timestamp=now,
                user=user,
                data=data,
                **self._place(instance),
            )
            for instance, data in lines
        ]
        for entry in entries:
            entry.full_clean()
        return self.bulk_create(entries)

    def _place(self, instance: models.Model) -> dict[str, Any]:
        organisation, session = instance.journal_place()  # type: ignore[attr-defined]
        return {"object_id": str(instance.pk), "organisation_id": organisation, "session_id": session}

    def get_instance_title(self, instance: models.Model) -> str:
        title: str
        if hasattr(instance, "journal_title"):
            title = instance.journal_title()
        else:
            title = super().get_instance_title(instance)
        return title

    def for_instance(self, instance: models.Model) -> LogEntryQuerySet:
        kind = ContentType.objects.get_for_model(instance, for_concrete_model=False)
        return self.filter(content_type=kind, object_id=str(instance.pk))


class JournalEntry(BaseLogEntry):
    """Numbers and not keys: an entry outlives what it tells of.

    Nothing looks for entries by their kind of thing alone, a revision or a flag: an index for that, which
    Wagtail has, would be written at each act and asked by nobody.
    """

    content_type = models.ForeignKey(
        ContentType,
        models.SET_NULL,
        verbose_name="type de contenu",
        blank=True,
        null=True,
        related_name="+",
        db_index=False,
    )
    revision = models.ForeignKey(
        "wagtailcore.Revision",
        models.DO_NOTHING,
        blank=True,
        null=True,
        db_constraint=False,
        related_name="+",
        db_index=False,
    )
    content_changed = models.BooleanField(default=False)
    object_id = models.CharField(max_length=255, db_index=True)
    organisation_id = models.BigIntegerField(null=True, blank=True, editable=False)
    session_id = models.BigIntegerField(null=True, blank=True, editable=False)

    objects = JournalManager()

    class Meta:
        verbose_name = "entrée du journal"
        verbose_name_plural = "journal"
        ordering = ["-timestamp", "-id"]
        indexes = [
            models.Index(fields=["organisation_id", "-timestamp"], name="journal_organisation"),
            models.Index(fields=["session_id", "-timestamp"], name="journal_session"),
        ]

    def __str__(self) -> str:
        return f"Entrée {self.pk}"

    def full_clean(self, exclude: Collection[str] | None = None, **_: Any) -> None:
        """Rules write entries, of rows that they hold: nothing is asked of the database again."""
        known = {*(exclude or ()), "content_type", "user", "revision"}
        super().full_clean(exclude=known, validate_unique=False, validate_constraints=False)


NOTED = PreparedInsert(JournalEntry)


@dataclass(frozen=True)
class ReadyEntry:
    """Written in a statement of its own, or in the one that does what it tells of."""

    entry: JournalEntry
    values: list[Any]

    def write(self) -> None:
        NOTED.store(self.entry, self.values)

    def following(self, source: str) -> tuple[str, dict[str, Any]]:
        return NOTED.following(self.entry, self.values, source)
