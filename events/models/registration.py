"""One person's registration to one session."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from events.models.session import Session
from members.professions import Civility, Profession


class Registration(models.Model):
    """Inscription. Only ``events/domain/registration`` writes ``state``.

    The person's statements are kept as they were at registration: the report counts them so.
    ``waited`` stays once the person was put on the waiting list; ``offered_until`` is set while a seat
    is offered. ``link_version`` revokes the personal link when it is raised.
    """

    class State(models.TextChoices):
        PENDING = "pending", "À valider"
        CONFIRMED = "confirmed", "Confirmée"
        WAITLISTED = "waitlisted", "En liste d’attente"
        OFFERED = "offered", "Place proposée"
        EXPIRED = "expired", "Proposition expirée"
        DECLINED = "declined", "Refusée"
        WITHDRAWN = "withdrawn", "Désistée"
        CANCELLED = "cancelled", "Annulée"

    class Source(models.TextChoices):
        WEB = "web", "Site"
        STAFF = "staff", "Coordination"
        WALK_IN = "walk_in", "Sur place"
        IMPORT = "import", "Import"

    session = models.ForeignKey(Session, models.PROTECT, related_name="registrations", verbose_name="session")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="registrations", verbose_name="personne"
    )
    state = models.CharField("état", max_length=12, choices=State)
    source = models.CharField("origine", max_length=8, choices=Source, default=Source.WEB)
    first_name = models.CharField("prénom", max_length=80)
    last_name = models.CharField("nom", max_length=80)
    email = models.EmailField("adresse e-mail")
    profession = models.CharField("profession", max_length=16, choices=Profession, blank=True)
    civility = models.CharField("civilité", max_length=4, choices=Civility, blank=True)
    rpps = models.CharField("numéro RPPS", max_length=11, blank=True)
    is_member = models.BooleanField("adhérent·e de la structure", default=False)
    registered_at = models.DateTimeField("inscription le")
    state_changed_at = models.DateTimeField("dernier changement")
    waited = models.BooleanField("a attendu", default=False, editable=False)
    offered_until = models.DateTimeField("réponse attendue avant", null=True, blank=True, editable=False)
    link_version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = "inscription"
        verbose_name_plural = "inscriptions"
        ordering = ["registered_at", "pk"]
        indexes = [
            models.Index(fields=["session", "state", "registered_at"], name="registration_queue"),
            models.Index(fields=["registered_at", "id"], name="registration_latest"),
            # The few of many that wait for an answer.
            models.Index(fields=["session"], condition=Q(state="pending"), name="registration_pending"),
            models.Index(fields=["offered_until"], condition=Q(state="offered"), name="registration_offered"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "user"],
                condition=Q(state__in=["pending", "confirmed", "waitlisted", "offered"]),
                name="registration_active_once",
                violation_error_message="Cette personne est déjà inscrite.",
            )
        ]

    def __str__(self) -> str:
        return f"Inscription {self.pk}"

    def journal_place(self) -> tuple[int | None, int | None]:
        return self.session.journal_place()

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


# States in which a registration holds or may come to hold a seat; repeated in the constraint above.
ACTIVE_STATES = (
    Registration.State.PENDING,
    Registration.State.CONFIRMED,
    Registration.State.WAITLISTED,
    Registration.State.OFFERED,
)
