"""What an activity's next sessions begin with, and how its coming sessions follow a change of it."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from wagtail.log_actions import log

from common.errors import DomainError
from common.versions import raise_version
from events.domain import seats
from events.domain.session_checks import check_question_set, check_rules
from events.domain.session_slots import stored_times
from events.domain.sessions import save_session
from events.models import ActivityPage, ActivitySettings, Session
from events.models.rules import AccessRules
from members.models import User

# What a session takes from its activity as it is; the date of « members first » is worked out.
RULES = (*(field.name for field in AccessRules._meta.get_fields()), "question_set")
QUESTIONNAIRES = ("questionnaire_before", "questionnaire_after", "questionnaire_delayed")
SETTINGS = (*RULES, "members_first_days", "season_limit", *QUESTIONNAIRES, "delayed_weeks")
WEEKS = "De 1 à 52 semaines."


def settings_of(activity: ActivityPage) -> ActivitySettings:
    """The stored settings, or unsaved ones that hold the defaults."""
    related = ("edited_by", *QUESTIONNAIRES)
    found = ActivitySettings.objects.filter(activity_id=activity.pk).select_related(*related).first()
    return found or ActivitySettings(activity=activity)


def begin_with(*, session: Session, starts_at: datetime, settings: ActivitySettings | None = None) -> None:
    """Give the unsaved ``session``, whose first slot starts at ``starts_at``, the rules of its activity.

    Making many sessions of one activity? Fetch its ``settings`` once and hand them over.
    """
    settings = settings or settings_of(session.activity)
    for name in RULES:
        setattr(session, name, getattr(settings, name))
    session.professions = list(settings.professions)
    session.members_first_until = members_first_until(settings, starts_at)


def members_first_until(settings: ActivitySettings, starts_at: datetime) -> datetime | None:
    """So many days before the start, at the same hour on the clock; None when nobody comes first."""
    if settings.members_first_days is None:
        return None
    local = timezone.localtime(starts_at)
    day = local.replace(tzinfo=None) - timedelta(days=settings.members_first_days)
    return timezone.make_aware(day)


def coming_sessions(activity: ActivityPage) -> QuerySet[Session]:
    """Those that still follow a change of the activity's settings: not begun, not cancelled."""
    return Session.objects.filter(activity=activity, starts_at__gt=timezone.now()).exclude(
        status=Session.Status.CANCELLED
    )


def save_settings(
    *, settings: ActivitySettings, seen: int | None, apply_to_coming: bool, by: User | None
) -> ActivitySettings:
    """Store ``settings``; with ``apply_to_coming`` the activity's coming sessions take these rules too.

    ``seen`` is the version that was shown, 0 for settings that were not stored yet. Seats that the new
    rules free are filled at once; nobody who has a place loses it. Raises ``DomainError``.
    """
    _check(settings)
    with transaction.atomic():
        activity = ActivityPage.objects.select_for_update(no_key=True, of=("self",)).get(
            pk=settings.activity_id
        )
        stored = ActivitySettings.objects.filter(activity=activity).first()
        before = stored or ActivitySettings(activity=activity)
        change = {
            name: {"before": _plain(before, name), "after": _plain(settings, name)}
            for name in SETTINGS
            if _plain(before, name) != _plain(settings, name)
        }
        saved = _write(stored, settings, seen, by)
        followed = _apply(activity, saved, by) if apply_to_coming else []
        log(instance=saved, action="escale.settings", user=by, data={**change, "sessions": followed})
        return saved


def _write(
    stored: ActivitySettings | None, settings: ActivitySettings, seen: int | None, by: User | None
) -> ActivitySettings:
    if stored is None:
        settings.pk, settings.edited_at, settings.edited_by = None, timezone.now(), by
        settings.save(force_insert=True)
        return settings
    noted = raise_version(stored=stored, seen=seen, by=by)
    for name in SETTINGS:
        setattr(stored, name, getattr(settings, name))
    stored.save(update_fields=[*SETTINGS, *noted])
    return stored


def _apply(activity: ActivityPage, settings: ActivitySettings, by: User | None) -> list[int]:
    """One after the other in order of their keys, so that two such edits never wait for each other."""
    keys = list(coming_sessions(activity).order_by("pk").values_list("pk", flat=True))
    for key in keys:
        session = seats.lock(session_id=key)
        begin_with(session=session, starts_at=session.starts_at, settings=settings)
        save_session(session=session, slots=stored_times(session), by=by)
    return keys


def _plain(settings: ActivitySettings, name: str) -> Any:
    if name in QUESTIONNAIRES:
        chosen = getattr(settings, name)
        return chosen.name if chosen else None
    return settings.question_set_id if name == "question_set" else getattr(settings, name)


def _check(settings: ActivitySettings) -> None:
    check_rules(settings)
    check_question_set(settings.question_set, settings.activity)
    days, limit = settings.members_first_days, settings.season_limit
    if days is not None and not 0 <= days <= 365:
        raise DomainError("Le nombre de jours va de 0 à 365.", field="members_first_days")
    if limit is not None and not 1 <= limit <= 100:
        raise DomainError("La limite va de 1 à 100 sessions par saison.", field="season_limit")
    for name in QUESTIONNAIRES:
        chosen = getattr(settings, name)
        if chosen is not None and chosen.organisation_id != settings.activity.organisation_id:
            raise DomainError("Choisissez un questionnaire de votre structure.", field=name)
    if not 1 <= settings.delayed_weeks <= 52:
        raise DomainError(WEEKS, field="delayed_weeks")
