"""What completes a training and what its documents say, as its coordination decides."""

import re

from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from common.errors import DomainError
from common.versions import StaleError, raise_version
from events.models import Session
from members.models import User
from trainings.models import TrainingPage, TrainingSettings

FIELDS = ("measure", "required", "evaluation_required", "names_referent", "nature", "dpc_number")
MOST_SLOTS, MOST_MINUTES = 60, 500 * 60
_DPC = re.compile(r"[0-9A-Za-z][0-9A-Za-z ./-]{2,39}")


def save_training_settings(*, settings: TrainingSettings, seen: int | None, by: User) -> TrainingSettings:
    """Store ``settings``; ``seen`` is the version that was shown, 0 when nothing was stored yet.

    Whoever completed the training before keeps it: they are held to the rule of then. Only an administrator
    lets a training give a role in other organisations.
    """
    check_training_settings(settings)
    with transaction.atomic():
        page = TrainingPage.objects.select_for_update(no_key=True, of=("self",)).get(pk=settings.activity_id)
        stored = TrainingSettings.objects.filter(activity=page).select_related("edited_by").first()
        before = stored or TrainingSettings(activity=page)
        change = {
            name: {"before": getattr(before, name), "after": getattr(settings, name)}
            for name in FIELDS
            if getattr(before, name) != getattr(settings, name)
        }
        if "names_referent" in change and not by.is_superuser:
            raise DomainError(
                "Ce rôle s’ouvre dans d’autres structures : seule l’administration d’Escale en décide.",
                field="names_referent",
            )
        saved = _write(stored, settings, seen, by)
        if change:
            log(instance=saved, action="escale.training", user=by, data=change)
        return saved


def check_training_settings(settings: TrainingSettings) -> None:
    required, measure = settings.required, settings.measure
    if measure == TrainingSettings.Measure.SLOTS and not 1 <= (required or 1) <= MOST_SLOTS:
        raise DomainError(f"Le nombre de créneaux va de 1 à {MOST_SLOTS}.", field="slots")
    if measure == TrainingSettings.Measure.MINUTES and not 1 <= (required or 1) <= MOST_MINUTES:
        raise DomainError(f"La durée va d’une minute à {MOST_MINUTES // 60} heures.", field="hours")
    if settings.evaluation_required and not settings.activity.objective_list:
        raise DomainError(
            "La page de la formation n’annonce pas d’objectifs : il n’y aurait rien à évaluer, et personne "
            "ne l’achèverait.",
            field="evaluation_required",
        )
    if settings.dpc_number and not _DPC.fullmatch(settings.dpc_number):
        raise DomainError(
            "Recopiez le numéro d’action tel que l’Agence du DPC le donne : chiffres, lettres, points.",
            field="dpc_number",
        )


def nearest_sessions(training: TrainingPage, *, number: int = 3) -> list[Session]:
    """The ones that the rule will be applied to next; else the last one."""
    own = Session.objects.filter(activity=training).exclude(status=Session.Status.CANCELLED)
    own = own.prefetch_related("slots")
    coming = list(own.filter(ends_at__gt=timezone.now()).order_by("starts_at", "pk")[:number])
    return coming or list(own.order_by("-starts_at", "-pk")[:1])


def _write(
    stored: TrainingSettings | None, settings: TrainingSettings, seen: int | None, by: User
) -> TrainingSettings:
    if stored is None:
        settings.pk, settings.edited_at, settings.edited_by = None, timezone.now(), by
        settings.save(force_insert=True)
        return settings
    if seen == 0:
        raise StaleError(stored)
    noted = raise_version(stored=stored, seen=seen, by=by)
    for name in FIELDS:
        setattr(stored, name, getattr(settings, name))
    stored.save(update_fields=[*FIELDS, *noted])
    return stored
