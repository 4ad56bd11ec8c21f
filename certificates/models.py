"""Numbered, verifiable, revocable records of facts."""

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import Q

from common.versions import Versioned
from events.models import Registration
from members.models import Organisation


def private_storage() -> Storage:
    return storages["private"]


class Certificate(models.Model):
    """Attestation. ``facts`` is a snapshot: later changes elsewhere do not alter it.

    Of every kind: ``person`` (full name), ``person_short`` (first name and initial, all that the public
    page shows), ``profession``, ``organisation``, ``organisation_city``, ``signatory``, ``activity``,
    ``title``, ``place``, ``slots`` (list of ``{"starts_at", "ends_at", "minutes"}`` attended, ISO 8601;
    ``minutes`` is what the person was there), ``minutes`` (their sum), ``issued_on`` (ISO date),
    ``replaces`` (number of the one it replaces, or "") and ``document`` (the organisation's wording on
    that day: ``certificates.domain.wording.wording``).

    Of a training, whatever the kind, also ``training``: ``{"nature"`` (a ``TrainingSettings.Nature``
    value), ``"planned_minutes"`` (int or None), ``"trainers"`` (list of lines), ``"objectives"`` (list of
    ``{"objective", "level"}``, ``level`` an ``Assessment.Level`` value or "" when not assessed),
    ``"completed_on"`` (ISO date or ""), ``"dpc_number"`` (or "")``}``. Absent elsewhere.
    """

    class Kind(models.TextChoices):
        PRESENCE = "presence", "Attestation de présence"
        COMPLETION = "completion", "Attestation de fin de formation"
        REALISATION = "realisation", "Certificat de réalisation"

    class Status(models.TextChoices):
        VALID = "valid", "Valable"
        REPLACED = "replaced", "Remplacée"
        REVOKED = "revoked", "Révoquée"

    registration = models.ForeignKey(
        Registration, models.PROTECT, related_name="certificates", verbose_name="inscription"
    )
    kind = models.CharField("nature", max_length=16, choices=Kind, default=Kind.PRESENCE)
    number = models.CharField("numéro", max_length=40, unique=True)
    status = models.CharField("état", max_length=8, choices=Status, default=Status.VALID)
    facts = models.JSONField("faits")
    version = models.PositiveSmallIntegerField("version", default=1)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by", verbose_name="remplace"
    )
    revoked_at = models.DateTimeField("révoquée le", null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="révoquée par",
    )
    revocation_reason = models.CharField("motif de la révocation", max_length=240, blank=True)
    issued_at = models.DateTimeField("délivrée le")
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name="délivrée par"
    )

    class Meta:
        verbose_name = "attestation"
        verbose_name_plural = "attestations"
        ordering = ["-issued_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["registration", "kind"],
                condition=Q(status="valid"),
                name="certificate_valid_once",
                violation_error_message="Une attestation valable existe déjà.",
            )
        ]

    def __str__(self) -> str:
        return self.number

    def journal_place(self) -> tuple[int | None, int | None]:
        return self.registration.journal_place()


class CertificateFile(models.Model):
    """The SHA-256 of a PDF that was handed out: what an uploaded file is compared with."""

    certificate = models.ForeignKey(Certificate, models.CASCADE, related_name="files")
    sha256 = models.CharField("empreinte", max_length=64, unique=True)
    made_at = models.DateTimeField("produit le")

    class Meta:
        verbose_name = "fichier délivré"
        verbose_name_plural = "fichiers délivrés"

    def __str__(self) -> str:
        return self.sha256


class DocumentSettings(Versioned):
    """How the documents of an organisation present it. Nothing is claimed that it has not entered.

    ``declaration_number`` is the 11 digits of its « déclaration d'activité »; with it the sentences of
    the Code du travail (L. 6352-12) are printed. ``seals`` asks for a PAdES seal with its own key.
    """

    organisation = models.OneToOneField(
        Organisation, models.CASCADE, related_name="document_settings", verbose_name="structure"
    )
    legal_name = models.CharField(
        "raison sociale", max_length=160, blank=True, help_text="Vide : le nom de la structure."
    )
    legal_line = models.CharField(
        "ligne légale", max_length=240, blank=True, help_text="Adresse, SIRET… en bas de page."
    )
    logo = models.ForeignKey(
        "wagtailimages.Image", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="logo"
    )
    signatory_role = models.CharField("qualité du ou de la signataire", max_length=120, blank=True)
    place = models.CharField("fait à", max_length=80, blank=True, help_text="Vide : la commune.")
    declaration_number = models.CharField("déclaration d’activité, numéro", max_length=11, blank=True)
    declaration_region = models.CharField("préfet de région de", max_length=80, blank=True)
    seals = models.BooleanField("cachet électronique (PAdES)", default=False)

    class Meta:
        verbose_name = "réglages des documents"
        verbose_name_plural = "réglages des documents"

    def __str__(self) -> str:
        return f"Documents · {self.organisation_id}"

    def journal_place(self) -> tuple[int | None, int | None]:
        return self.organisation_id, None


class DocumentTemplate(Versioned):
    """The words of an organisation on one kind of document; what is empty takes those of Escale."""

    class Kind(models.TextChoices):
        PRESENCE = "presence", "Attestation de présence"
        COMPLETION = "completion", "Attestation de fin de formation"
        REALISATION = "realisation", "Certificat de réalisation"
        CONVOCATION = "convocation", "Convocation"
        SIGN_IN_SHEET = "sheet", "Feuille d’émargement"

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="document_templates", verbose_name="structure"
    )
    kind = models.CharField("document", max_length=16, choices=Kind)
    title = models.CharField("titre", max_length=80, blank=True)
    opening = models.TextField("texte du début", max_length=600, blank=True)
    closing = models.TextField("texte de la fin", max_length=1000, blank=True)

    class Meta:
        verbose_name = "modèle de document"
        verbose_name_plural = "modèles de documents"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "kind"],
                name="document_template_once",
                violation_error_message="Ce document a déjà son modèle.",
            )
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

    def journal_place(self) -> tuple[int | None, int | None]:
        return self.organisation_id, None


class IssueBatch(models.Model):
    """Certificates asked for together and made in the background.

    ``sessions`` and ``kinds`` say which; ``done`` of ``total`` documents are made; ``problems`` lists what
    could not be, without a name. The files stand in private storage until ``expires_at``.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "En attente"
        RUNNING = "running", "En cours"
        DONE = "done", "Prêt"
        FAILED = "failed", "En échec"

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="issue_batches", verbose_name="structure"
    )
    sessions = models.JSONField("sessions", default=list)
    kinds = models.JSONField("documents", default=list)
    title = models.CharField("intitulé", max_length=200)
    mails = models.BooleanField("envoyer à chaque personne", default=False)
    state = models.CharField("état", max_length=8, choices=State, default=State.QUEUED)
    total = models.PositiveIntegerField("documents", default=0)
    done = models.PositiveIntegerField("faits", default=0)
    problems = models.JSONField("problèmes", default=list)
    merged = models.FileField("un seul PDF", blank=True, storage=private_storage)
    archive = models.FileField("archive", blank=True, storage=private_storage)
    locked_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField("demandé le")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name="demandé par"
    )
    finished_at = models.DateTimeField("prêt le", null=True, blank=True)
    expires_at = models.DateTimeField("effacé le", null=True, blank=True)

    class Meta:
        verbose_name = "lot d’attestations"
        verbose_name_plural = "lots d’attestations"
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.title

    def journal_place(self) -> tuple[int | None, int | None]:
        return self.organisation_id, None
