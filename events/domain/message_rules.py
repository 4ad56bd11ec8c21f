"""Message rules: written once per organisation, adapted or silenced for an activity.

When they speak is in ``rule_schedule``, to whom in ``rule_audience``; ``rule_queue`` queues.
"""

from django.db import IntegrityError, transaction
from django.utils import timezone
from wagtail.log_actions import log

from common.errors import DomainError
from common.versions import raise_version
from events.domain import placeholders, seats
from events.domain.rule_queue import (
    look_at_all,
    on_registrations,
    queue_due,
    rules_at_once,
    said_to,
    written,
)
from events.models import MessageRule, Session
from members.models import Organisation, User

__all__ = [
    "add_defaults",
    "on_registrations",
    "queue_due",
    "resume",
    "rules_at_once",
    "said_to",
    "save_rule",
    "switch",
    "written",
]

Moment, Audience = MessageRule.Moment, MessageRule.Audience

EDITABLE = ("name", "activity", "moment", "days", "audience", "subject", "body", "active")
# What an adaptation takes from the rule that it adapts.
SHARED = ("name", "moment", "audience")
# With another of these, a rule speaks of other moments: those already over stay unspoken.
MOMENT = ("moment", "days", "audience", "activity")
LOGGED = ("moment", "days", "audience", "active")
TWO_DAYS_BEFORE = MessageRule(
    name="Rappel 2 jours avant",
    moment=Moment.BEFORE,
    days=2,
    audience=Audience.CONFIRMED,
    subject="Rappel : {dispositif}, {date}",
    body="""Bonjour {prenom},

Nous vous attendons {date} à {heure} :

{dispositif} – {theme}
{lieu}
{acces}

{connexion}

Un empêchement ? Désistez-vous en un instant, la place ira à quelqu’un d’autre :
{lien}
Ce lien vous est personnel : ne le transférez pas.

Une question ? Répondez à ce message, ou écrivez à {contact}.

À bientôt,
{structure}
""",
)


def save_rule(*, rule: MessageRule, seen: int | None = None, by: User | None) -> MessageRule:
    """Create ``rule``, or bring the stored one in line with its editable fields.

    ``seen`` is the version that the editor was shown. Raises ``DomainError`` naming the field, and
    ``StaleError`` when somebody else saved since.
    """
    if rule.adjusts:
        for name in SHARED:
            setattr(rule, name, getattr(rule.adjusts, name))
    _check(rule)
    try:
        with transaction.atomic():
            look_at_all()
            return _update(rule, seen, by) if rule.pk else _create(rule, by)
    except IntegrityError:
        raise DomainError("Ce message est déjà adapté pour ce dispositif.", field="activity") from None


def switch(*, rule: MessageRule, active: bool, by: User | None) -> MessageRule:
    """Switch a rule on or off; repeating it is harmless. Nothing that is over is spoken of again."""
    with transaction.atomic():
        look_at_all()
        stored = MessageRule.objects.select_for_update(no_key=True, of=("self",)).get(pk=rule.pk)
        if stored.active == active:
            return stored
        stored.active = active
        if active:
            stored.active_since = timezone.now()
        edited = raise_version(stored=stored, seen=None, by=by)
        stored.save(update_fields=["active", "active_since", *edited])
        change = {"active": {"before": not active, "after": active}}
        log(instance=stored, action="escale.message_rule", user=by, data=change)
        return stored


def add_defaults(*, organisation: Organisation, by: User | None) -> None:
    """What a new organisation begins with: a reminder. The mail of thanks exists without a rule."""
    with transaction.atomic():
        if organisation.message_rules.exists():
            return
        fields = {name: getattr(TWO_DAYS_BEFORE, name) for name in EDITABLE}
        save_rule(rule=MessageRule(organisation=organisation, **fields), by=by)


def resume(*, session: Session, by: User) -> Session:
    """Let the rules speak of a copied session; repeating it is harmless."""
    with transaction.atomic():
        look_at_all()
        locked = seats.lock(session_id=session.pk)
        if locked.messages_paused:
            locked.messages_paused = False
            locked.save(update_fields=["messages_paused"])
            log(instance=locked, action="escale.resume_messages", user=by)
        return locked


def _create(rule: MessageRule, by: User | None) -> MessageRule:
    rule.active_since = timezone.now()
    rule.save()
    log(instance=rule, action="escale.message_rule", user=by, data={"created": True})
    return rule


def _update(edited: MessageRule, seen: int | None, by: User | None) -> MessageRule:
    rows = MessageRule.objects.select_for_update(no_key=True, of=("self",)).select_related("edited_by")
    stored = rows.get(pk=edited.pk)
    if stored.adjusts_id and stored.activity_id != edited.activity_id:
        raise DomainError("Une adaptation ne change pas de dispositif.", field="activity")
    versioned = raise_version(stored=stored, seen=seen, by=by)
    changed = [name for name in EDITABLE if getattr(stored, name) != getattr(edited, name)]
    data = {
        name: {"before": getattr(stored, name), "after": getattr(edited, name)}
        for name in LOGGED
        if name in changed
    }
    for name in changed:
        setattr(stored, name, getattr(edited, name))
    if set(changed) & set(MOMENT) or ("active" in changed and stored.active):
        stored.active_since = timezone.now()
    stored.save(update_fields=[*EDITABLE, "active_since", *versioned])
    stored.adjustments.update(**{name: getattr(stored, name) for name in SHARED})
    log(instance=stored, action="escale.message_rule", user=by, data={**data, "fields": changed})
    return stored


def _check(rule: MessageRule) -> None:
    for field, sentence in (
        ("name", "Donnez un nom à ce message."),
        ("subject", "Indiquez l’objet."),
        ("body", "Écrivez le texte."),
    ):
        if not getattr(rule, field).strip():
            raise DomainError(sentence, field=field)
    if rule.activity and rule.activity.organisation_id != rule.organisation_id:
        raise DomainError("Ce dispositif est celui d’une autre structure.", field="activity")
    if rule.adjusts and (rule.adjusts.adjusts_id or rule.adjusts.activity_id):
        raise DomainError("Seul un message de toute la structure s’adapte.", field="activity")
    if rule.adjusts and not rule.activity:
        raise DomainError("Choisissez le dispositif pour lequel le message est adapté.", field="activity")
    if rule.moment != Moment.AFTER and rule.audience in (Audience.PRESENT, Audience.ABSENT):
        raise DomainError(
            "Les présences ne sont connues qu’après : choisissez « Après un créneau ».", field="audience"
        )
    if not 0 <= rule.days <= 365:
        raise DomainError("Le nombre de jours va de 0 à 365.", field="days")
    placeholders.check(subject=rule.subject, body=rule.body)
