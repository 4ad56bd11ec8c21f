"""The first panel of the admin's home: what asks for a hand, what comes, what is still to be closed."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet
from django.forms import Media
from django.urls import reverse
from django.utils import timezone
from wagtail.admin.ui.components import Component

from events.access import coordinated_sessions
from events.domain.alerts import Alert, Kind, alerts, not_settled
from events.models import Message, Registration, Session, Slot, Survey
from events.models.session import SessionQuerySet
from members.access import coordinated_organisations

SHOWN = 6
# What the link to the place that mends it says.
MENDS = {
    Kind.FULL: "Ajouter des places",
    Kind.CHOOSE: "Choisir qui vient",
    Kind.UNDERFILLED: "Ouvrir la session",
    Kind.PENDING: "Répondre",
    Kind.SHEET: "Clore la feuille",
    Kind.FAILING: "Voir les messages",
    Kind.LATE: "Voir les messages",
    Kind.PAUSED: "Relire et activer",
}


@dataclass(frozen=True)
class Shown:
    sentence: str
    link: str
    url: str


class SessionsPanel(Component):
    order = 10
    template_name = "events/admin/home_panel.html"

    @property
    def media(self) -> Media:
        return Media(css={"all": ["escale/admin-desk.css"]})

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        user = parent_context["request"].user
        own, organisations = coordinated_sessions(user), coordinated_organisations(user)
        found = [
            Shown(alert.sentence, MENDS[alert.kind], mended_at(alert))
            for alert in alerts(sessions=own, organisations=organisations)
        ]
        return {
            "alerts": found[:SHOWN],
            "more_alerts": found[SHOWN:],
            "upcoming": _with_requests(list(own.exclude(status=Session.Status.CANCELLED).upcoming()[:SHOWN])),
            "open_slots": _open_slots(own)[:SHOWN],
            "surveys": _running(own)[:SHOWN],
            "several": len(organisations[:2]) > 1,
        }


def mended_at(alert: Alert) -> str:
    """The address where what ``alert`` tells is put right."""
    if alert.kind in (Kind.FAILING, Kind.LATE):
        state = Message.State.FAILED if alert.kind == Kind.FAILING else Message.State.QUEUED
        return f"{reverse('messages:index')}?{urlencode({'state': state})}"
    if alert.kind == Kind.SHEET and alert.slot:
        return reverse("events:attendance", args=[alert.slot.pk])
    pk = alert.session.pk if alert.session else 0
    if alert.kind == Kind.PENDING:
        asked = urlencode({"session": pk, "state": Registration.State.PENDING})
        return f"{reverse('registrations:index')}?{asked}"
    part = {Kind.FULL: "places", Kind.CHOOSE: "attente", Kind.PAUSED: "messages"}.get(alert.kind, "")
    return reverse("sessions:inspect", args=[pk]) + (f"#{part}" if part else "")


def _with_requests(sessions: list[Session]) -> list[Session]:
    """Each session with ``pending``, the number of its requests to answer."""
    rows = (
        Registration.objects.filter(session__in=sessions, state=Registration.State.PENDING)
        .order_by()
        .values_list("session")
        .annotate(number=Count("pk"))
    )
    numbers = dict(rows)
    for session in sessions:
        session.pending = numbers.get(session.pk, 0)  # type: ignore[attr-defined]
    return sessions


def _open_slots(own: SessionQuerySet) -> QuerySet[Slot]:
    now = timezone.now()
    return (
        Slot.objects.filter(session__in=not_settled(own, now))
        .filter(sheets__isnull=True, ends_at__lte=now)
        .select_related("session")
        .order_by("starts_at", "pk")
    )


def _running(own: SessionQuerySet) -> QuerySet[Survey]:
    """Surveys that still take answers, with how many were asked and how many answered: never a mark."""
    return (
        Survey.objects.filter(session__in=own.order_by(), closes_at__gt=timezone.now())
        .select_related("session")
        .annotate(
            invited=Count("invitations"),
            answered=Count("invitations", filter=Q(invitations__answered=True)),
        )
        .order_by("closes_at", "pk")
    )
