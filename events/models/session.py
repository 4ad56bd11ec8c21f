"""Dated occurrences of an activity.

Plain models, not page children: publishing an older page revision must never touch them.
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from common.versions import Versioned
from events.models.activity import ActivityPage
from events.models.question import QuestionSet
from events.models.rules import AccessRules
from members.departments import DEPARTMENTS


class SessionQuerySet(models.QuerySet["Session"]):
    def upcoming(self) -> "SessionQuerySet":
        """Not over yet, soonest first."""
        return self.filter(ends_at__gt=timezone.now()).order_by("starts_at", "pk")

    def past(self) -> "SessionQuerySet":
        """Over, latest first."""
        return self.filter(ends_at__lte=timezone.now()).order_by("-starts_at", "-pk")


class Session(AccessRules, Versioned):
    """Session: one dated occurrence, with its place, its seats and its registration window.

    ``seats_taken`` and ``waiting`` are counters owned by ``events.domain.seats``; nothing else
    writes them, and ``manage.py check_counters`` proves that they equal the rows.
    ``starts_at`` and ``ends_at`` are the first start and the last end of the slots.
    ``overbooking`` is the number of seats that ``overbooking_percent`` makes of ``capacity``.
    ``messages_paused``: no message rule speaks of this session until the coordination says so.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", "Brouillon"
        PUBLISHED = "published", "Publiée"
        CANCELLED = "cancelled", "Annulée"

    class Modality(models.TextChoices):
        ONSITE = "presentiel", "En présentiel"
        ONLINE = "distanciel", "À distance"
        HYBRID = "hybride", "Hybride"

    activity = models.ForeignKey(
        ActivityPage, models.PROTECT, related_name="sessions", verbose_name="dispositif"
    )
    title = models.CharField("titre ou thème", max_length=160)
    description = models.TextField("au programme", blank=True)
    status = models.CharField("état", max_length=12, choices=Status, default=Status.DRAFT)
    modality = models.CharField("modalité", max_length=12, choices=Modality, default=Modality.ONSITE)
    place_name = models.CharField("lieu", max_length=160, blank=True)
    address = models.CharField("adresse", max_length=200, blank=True)
    city = models.CharField("commune", max_length=80, blank=True)
    department = models.CharField("département", max_length=3, choices=DEPARTMENTS, blank=True)
    access = models.CharField("accès", max_length=200, blank=True, help_text="Transports, étage, fauteuil…")
    to_bring = models.CharField("à prévoir", max_length=240, blank=True, help_text="Tenue, matériel, repas…")
    online_url = models.URLField(
        "lien de connexion", blank=True, help_text="Envoyé aux seules personnes inscrites."
    )
    starts_at = models.DateTimeField("début", editable=False)
    ends_at = models.DateTimeField("fin", editable=False)
    opens_at = models.DateTimeField("ouverture des inscriptions", null=True, blank=True)
    closes_at = models.DateTimeField("clôture des inscriptions", null=True, blank=True)
    capacity = models.PositiveIntegerField("places")
    overbooking = models.PositiveIntegerField("places en surréservation", default=0, editable=False)
    excess = models.PositiveIntegerField(
        "au-delà de la jauge",
        default=0,
        editable=False,
        help_text="Personnes gardées ou ajoutées au-delà, sur décision de la coordination.",
    )
    members_first_until = models.DateTimeField("adhérents d’abord, jusqu’au", null=True, blank=True)
    question_set = models.ForeignKey(
        QuestionSet,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="sessions",
        verbose_name="questions posées à l’inscription",
    )
    messages_paused = models.BooleanField("messages programmés en pause", default=False, editable=False)
    seats_taken = models.PositiveIntegerField(default=0, editable=False)
    waiting = models.PositiveIntegerField(default=0, editable=False)
    cancellation_reason = models.CharField("motif d’annulation", max_length=240, blank=True)
    moved_from = models.DateTimeField("reportée du", null=True, blank=True, editable=False)
    completed_at = models.DateTimeField("émargement clos le", null=True, blank=True, editable=False)
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    imported = models.BooleanField("importée", default=False, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = "session"
        verbose_name_plural = "sessions"
        ordering = ["starts_at", "pk"]
        indexes = [
            models.Index(fields=["status", "starts_at"], name="session_status_start"),
            # What is to come, counted and offered without reading a session, nor what is over.
            models.Index(
                fields=["status", "ends_at", "starts_at", "activity", "department"], name="session_to_come"
            ),
            # What is over and not settled yet is found without what is.
            models.Index(
                fields=["starts_at"], condition=Q(completed_at__isnull=True), name="session_not_completed"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(seats_taken__lte=F("capacity") + F("overbooking") + F("excess")),
                name="session_never_oversold",
                violation_error_message="Il y a plus de personnes confirmées que de places.",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="session_ends_after_start",
                violation_error_message="La fin précède le début.",
            ),
            models.CheckConstraint(
                condition=Q(opens_at__isnull=True)
                | Q(closes_at__isnull=True)
                | Q(closes_at__gt=F("opens_at")),
                name="session_window_in_order",
                violation_error_message="Les inscriptions ferment avant d’ouvrir.",
            ),
            models.UniqueConstraint(
                fields=["activity", "starts_at", "title"],
                condition=Q(imported=True),
                name="session_imported_once",
                violation_error_message="Cette session a déjà été importée.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def journal_place(self) -> tuple[int | None, int | None]:
        return self.activity.organisation_id, self.pk

    @property
    def seats(self) -> int:
        """Seats on offer: capacity and allowed overbooking."""
        return self.capacity + self.overbooking

    @property
    def seats_left(self) -> int:
        """Seats that a newcomer may take now; people who wait come first, members before a date."""
        until = self.members_first_until
        if self.waiting and not (until and timezone.now() < until):
            return 0
        return max(0, self.seats - self.seats_taken)

    @property
    def is_application(self) -> bool:
        """Whether one applies: a training whose coordination chooses among requests."""
        kind = self.activity.specific_class
        return self.approval and kind is not None and kind.is_training

    @property
    def is_full(self) -> bool:
        return self.seats_left == 0


class Slot(models.Model):
    """Créneau: a half-day or evening of a session; the unit of attendance."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="slots", verbose_name="session")
    starts_at = models.DateTimeField("début")
    ends_at = models.DateTimeField("fin")
    label = models.CharField("intitulé", max_length=80, blank=True)

    class Meta:
        verbose_name = "créneau"
        verbose_name_plural = "créneaux"
        ordering = ["starts_at", "pk"]
        indexes = [
            models.Index(fields=["starts_at"], name="slot_start"),
            models.Index(fields=["ends_at"], name="slot_end"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="slot_ends_after_start",
                violation_error_message="La fin du créneau précède son début.",
            ),
            models.UniqueConstraint(
                fields=["session", "starts_at"],
                name="slot_once",
                violation_error_message="Deux créneaux commencent en même temps.",
            ),
        ]

    def __str__(self) -> str:
        return self.label or f"Créneau {self.pk}"

    def journal_place(self) -> tuple[int | None, int | None]:
        return self.session.journal_place()

    @property
    def minutes(self) -> int:
        return round((self.ends_at - self.starts_at).total_seconds() / 60)


class SessionRole(models.Model):
    """Rôle: who leads; one with an account sees the session's attendees while the role lasts."""

    class Role(models.TextChoices):
        FACILITATOR = "animation", "Animation"
        TRAINER = "formation", "Formation"
        SPEAKER = "intervention", "Intervention"
        MODERATOR = "moderation", "Modération"

    session = models.ForeignKey(Session, models.CASCADE, related_name="roles", verbose_name="session")
    role = models.CharField("rôle", max_length=16, choices=Role, default=Role.FACILITATOR)
    name = models.CharField("nom affiché", max_length=120, help_text="Par exemple « Une sophrologue ».")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="session_roles",
        verbose_name="compte",
    )
    presentation = models.CharField(
        "qualité", max_length=160, blank=True, help_text="Par exemple « Psychiatre, CHU de Rouen »."
    )
    disclosure = models.CharField(
        "liens d’intérêt",
        max_length=400,
        blank=True,
        help_text="Ce que la personne déclare, ou « Aucun lien d’intérêt déclaré ».",
    )

    class Meta:
        verbose_name = "rôle"
        verbose_name_plural = "rôles"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "user", "role"],
                condition=Q(user__isnull=False),
                name="session_role_once",
                violation_error_message="Cette personne a déjà ce rôle.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} · {self.name}"
