"""Who publishes, and who belongs to whom."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from common.versions import Versioned
from members.departments import DEPARTMENTS


class Organisation(Versioned):
    """Structure: a CPTS, an association, an URPS…; publishes activities and has coordinators."""

    class Kind(models.TextChoices):
        CPTS = "cpts", "CPTS"
        ASSOCIATION = "association", "Association"
        URPS = "urps", "URPS"
        OTHER = "autre", "Autre structure"

    name = models.CharField("nom", max_length=120)
    short_name = models.CharField("nom court", max_length=40)
    slug = models.SlugField("identifiant", unique=True)
    kind = models.CharField("nature", max_length=16, choices=Kind, default=Kind.CPTS)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="branches", verbose_name="antenne de"
    )
    email = models.EmailField("adresse de contact")
    city = models.CharField("commune", max_length=80, blank=True)
    department = models.CharField("département", max_length=3, choices=DEPARTMENTS, blank=True)
    school_zone = models.CharField(
        "vacances scolaires",
        max_length=1,
        choices=[("A", "Zone A"), ("B", "Zone B"), ("C", "Zone C")],
        default="B",
        help_text="Elles sont signalées quand on planifie une saison.",
    )
    signatory = models.CharField(
        "signataire des attestations",
        max_length=120,
        blank=True,
        help_text="Nom et qualité, tels qu’ils sont imprimés.",
    )
    signs_on_screen = models.BooleanField(
        "signature à la main sur l’écran",
        default=False,
        help_text="À l’émargement, chaque personne signe du doigt en plus d’être pointée.",
    )
    group = models.OneToOneField(
        "auth.Group",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="organisation",
        verbose_name="groupe de la coordination",
    )

    class Meta:
        verbose_name = "structure"
        verbose_name_plural = "structures"
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def journal_place(self) -> tuple[int | None, int | None]:
        return self.pk, None


class Membership(models.Model):
    """Adhésion: a person belongs to an organisation, from, until, in a role."""

    class Role(models.TextChoices):
        MEMBER = "adherent", "Adhérent·e"
        REFERENT = "referent", "Référent·e santé des soignants"
        COORDINATOR = "coordination", "Coordination"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships", verbose_name="personne"
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="memberships", verbose_name="structure"
    )
    role = models.CharField("rôle", max_length=16, choices=Role, default=Role.MEMBER)
    since = models.DateField("depuis")
    until = models.DateField("jusqu’au", null=True, blank=True)

    class Meta:
        verbose_name = "adhésion"
        verbose_name_plural = "adhésions"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation", "role"],
                condition=Q(until__isnull=True),
                name="membership_open_once",
                violation_error_message="Cette personne a déjà ce rôle dans la structure.",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="membership_ends_after_start",
                violation_error_message="La fin de l’adhésion précède son début.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} · {self.organisation.short_name}"
