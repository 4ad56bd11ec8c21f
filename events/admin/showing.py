"""A session's page in the admin: the facts, the people, what was sent, who came; and its history."""

from typing import Any

from django.db.models import QuerySet
from django.forms import Media
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.ui.components import Component
from wagtail.admin.views import generic
from wagtail.admin.views.generic.history import HistoryView
from wagtail.admin.widgets.button import Button, HeaderButton

from common.errors import DomainError
from common.versions import StaleError
from events.admin.scoping import OwnSessionsMixin
from events.domain import attendee_links, overview
from events.domain.capacity import change_capacity
from events.domain.eligibility import rules_in_words, why
from events.forms.decisions import SeatsForm
from events.models import JournalEntry, Session


class SessionInspectView(OwnSessionsMixin, generic.InspectView):
    template_name = "events/admin/session_inspect.html"
    page_title = "Session"
    seats_form: SeatsForm | None = None

    @property
    def media(self) -> Media:
        return Media(css={"all": ["escale/admin-desk.css"]})

    @property
    def header_buttons(self) -> list[HeaderButton]:
        if self.object.status == Session.Status.CANCELLED:
            return []
        url = reverse("sessions:edit", args=[self.object.pk])
        return [HeaderButton("Modifier", url=url, icon_name="edit")]

    @property
    def header_more_buttons(self) -> list[Button]:
        url = reverse("sessions:history", args=[self.object.pk])
        return [Button("Historique", url=url, icon_name="history")]

    @property
    def can_cancel(self) -> bool:
        return self.object.status != Session.Status.CANCELLED and self.object.completed_at is None

    def get_edit_url(self) -> None:
        return None  # the page itself is what the breadcrumb names

    def get_fields(self) -> list[str]:
        return []  # ours are said in words

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        session = self.object
        cancelled = session.status == Session.Status.CANCELLED
        draft = session.status == Session.Status.DRAFT
        roles = list(session.roles.select_related("user"))
        return {
            **super().get_context_data(**kwargs),
            "media": self.media,
            "session": session,
            "rules": rules_in_words(session),
            "why": why(session),
            "groups": overview.people(session=session),
            "sheets": overview.sheets(session=session),
            "surveys": overview.surveys(session=session),
            "sent": overview.messages(session=session),
            "history": overview.history(session=session),
            "roles": roles,
            "links": attendee_links.lines(session=session, roles=roles),
            "parts": _parts(session),
            "is_cancelled": cancelled,
            "is_draft": draft,
            "is_live": not cancelled and not draft,
            "can_cancel": self.can_cancel,
            "can_decide": session.completed_at is None and not cancelled,
            "seats_form": self.seats_form or _seats_form(session),
        }


class SessionSeatsView(SessionInspectView):
    """« Places »: the number of seats, changed from the session's page."""

    http_method_names = ["get", "head", "options", "post"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("sessions:inspect", self.object.pk)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        session, form = self.object, SeatsForm(request.POST)
        if session.status == Session.Status.CANCELLED:
            messages.warning(request, "Cette session est annulée : elle ne se modifie plus.")
            return redirect("sessions:inspect", session.pk)
        if form.is_valid():
            try:
                saved = self._change(form)
            except StaleError as error:
                form = _seats_form(session, typed=form.cleaned_data["capacity"])
                form.refuse(error)
            except DomainError as error:
                form.refuse(error)
            else:
                messages.success(request, _seats_said(session, saved))
                return redirect(f"{reverse('sessions:inspect', args=[session.pk])}#places")
        self.seats_form = form
        return self.render_to_response(self.get_context_data(), status=422)

    def _change(self, form: SeatsForm) -> Session:
        return change_capacity(
            session=self.object,
            capacity=form.cleaned_data["capacity"],
            seen=form.cleaned_data["version"] or 0,
            by=self.request.user,  # type: ignore[arg-type]
        )


def _seats_form(session: Session, *, typed: int | None = None) -> SeatsForm:
    shown = {"capacity": session.capacity if typed is None else typed, "version": session.version}
    if typed is None:
        return SeatsForm(initial=shown)
    form = SeatsForm(shown)
    form.is_valid()
    return form


def _seats_said(before: Session, after: Session) -> str:
    text = f"« {after.title} » compte maintenant {after.capacity} places."
    promoted = before.waiting - after.waiting
    if promoted == 1:
        return f"{text} Une personne quitte la liste d’attente et en est prévenue."
    if promoted > 1:
        return f"{text} {promoted} personnes quittent la liste d’attente et en sont prévenues."
    return text


def _parts(session: Session) -> list[Component]:
    """What other apps add to the page; they know this app, which does not know them."""
    return [make(session) for make in hooks.get_hooks("escale_session_parts")]


class SessionHistoryView(OwnSessionsMixin, HistoryView):
    """Everything that the journal tells of the session, its people and its slots."""

    def get_base_queryset(self) -> QuerySet[JournalEntry]:
        entries = JournalEntry.objects.filter(session_id=self.object.pk).select_related("user")
        return entries.order_by("-timestamp", "-pk")

    def get_edit_url(self, instance: Session) -> str:
        return reverse("sessions:inspect", args=[instance.pk])

    @property
    def header_buttons(self) -> list[HeaderButton]:
        return [HeaderButton("Session", url=self.get_edit_url(self.object), icon_name="calendar-alt")]
