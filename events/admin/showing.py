"""A session's page in the admin, its history, and what is done from there: cancel, withdraw on behalf."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views import View
from wagtail.admin import messages
from wagtail.admin.views import generic
from wagtail.admin.views.generic.history import HistoryView
from wagtail.admin.widgets.button import HeaderButton

from common.errors import DomainError
from events.access import coordinated_registrations
from events.admin.scoping import OwnSessionsMixin
from events.domain.registration import withdraw
from events.domain.sessions import cancel_session
from events.forms.session import CancelForm
from events.models import ACTIVE_STATES, JournalEntry, Registration, Session, Slot

State = Registration.State


class SessionInspectView(OwnSessionsMixin, generic.InspectView):
    template_name = "events/admin/session_inspect.html"
    page_title = "Session"

    @property
    def header_buttons(self) -> list[HeaderButton]:
        if self.object.status == Session.Status.CANCELLED:
            return []
        url = reverse("sessions:edit", args=[self.object.pk])
        return [HeaderButton("Modifier", url=url, icon_name="edit")]

    header_more_buttons: list[Any] = []

    def get_edit_url(self) -> None:
        return None  # the page itself is what the breadcrumb names

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        session = self.object
        people = list(session.registrations.order_by("last_name", "first_name", "pk"))
        waiting = sorted(
            (one for one in people if one.state == State.WAITLISTED),
            key=lambda one: (one.registered_at, one.pk),
        )
        return {
            **super().get_context_data(**kwargs),
            "session": session,
            "slots": session.slots.prefetch_related("sheets"),
            "roles": session.roles.select_related("user"),
            "confirmed": [
                one for one in people if one.state in (State.CONFIRMED, State.PENDING, State.OFFERED)
            ],
            "waiting": waiting,
            "gone": [one for one in people if one.state not in ACTIVE_STATES],
            "is_cancelled": session.status == Session.Status.CANCELLED,
            "can_withdraw": session.completed_at is None,
            "is_draft": session.status == Session.Status.DRAFT,
        }


class SessionHistoryView(OwnSessionsMixin, HistoryView):
    """Wagtail's log of the session, and of its registrations and slots."""

    def get_base_queryset(self) -> QuerySet[JournalEntry]:
        session = self.object
        parts = Q(pk__in=[])
        for model, rows in (
            (Session, Session.objects.filter(pk=session.pk)),
            (Registration, session.registrations.order_by()),
            (Slot, session.slots.order_by()),
        ):
            kind = ContentType.objects.get_for_model(model)
            parts |= Q(content_type=kind, object_id__in=rows.values_list(Cast("pk", CharField()), flat=True))
        return JournalEntry.objects.filter(parts).select_related("user").order_by("-timestamp", "-pk")

    def get_edit_url(self, instance: Session) -> str:
        return reverse("sessions:inspect", args=[instance.pk])

    @property
    def header_buttons(self) -> list[HeaderButton]:
        return [HeaderButton("Session", url=self.get_edit_url(self.object), icon_name="calendar-alt")]


class SessionCancelView(OwnSessionsMixin, View):
    """Asks for the reason and says how many people will be told; only the POST cancels."""

    http_method_names = ["get", "head", "options", "post"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._page(CancelForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        session, form = self.get_object(), CancelForm(request.POST)
        if not form.is_valid():
            return self._page(form, status=422)
        told = active_people(session)
        try:
            cancel_session(session=session, reason=form.cleaned_data["reason"], by=request.user)  # type: ignore[arg-type]
        except DomainError as error:
            form.add_error(None, str(error))
            return self._page(form, status=422)
        messages.success(request, f"« {session.title} » est annulée. {people_told(told)}")
        return redirect("sessions:inspect", session.pk)

    def _page(self, form: CancelForm, status: int = 200) -> HttpResponse:
        session = self.get_object()
        context = {"session": session, "form": form, "told": people_told(active_people(session), future=True)}
        return render(self.request, "events/admin/session_cancel.html", context, status=status)


def active_people(session: Session) -> int:
    return session.registrations.filter(state__in=ACTIVE_STATES).count()


def people_told(number: int, *, future: bool = False) -> str:
    if not number:
        return (
            "Personne n’est inscrit : aucun message ne part."
            if future
            else "Aucun message n’était à envoyer."
        )
    if number == 1:
        return "Une personne sera prévenue par e-mail." if future else "Une personne est prévenue par e-mail."
    verb = "seront prévenues" if future else "sont prévenues"
    return f"{number} personnes {verb} par e-mail."


class WithdrawView(View):
    """Withdraws a person who asked the coordination for it."""

    http_method_names = ["get", "head", "options", "post"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return render(request, "events/admin/session_withdraw.html", {"registration": self._registration(pk)})

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        registration = self._registration(pk)
        try:
            withdraw(registration=registration, by=request.user)  # type: ignore[arg-type]
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"Le désistement de {registration.full_name} est enregistré.")
        return redirect("sessions:inspect", registration.session_id)

    def _registration(self, pk: int) -> Registration:
        return get_object_or_404(coordinated_registrations(self.request.user), pk=pk)  # type: ignore[arg-type]
