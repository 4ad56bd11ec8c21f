"""Deciding about one person: each screen shows what will happen (GET), then does it (POST)."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.views import View
from wagtail.admin import messages
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from common import moments
from common.errors import DomainError
from events.access import coordinated_registrations, sessions_to_move_to
from events.admin.scoping import CoordinatorMixin
from events.domain import registration as rules
from events.domain.decisions import as_seen
from events.domain.eligibility import why_waiting
from events.domain.registration.seating import is_their_turn
from events.forms.decisions import DecisionForm, DeclineForm, MoveForm, PromoteForm
from events.models import ACTIVE_STATES, Registration, Session

State = Registration.State


class DecisionView(CoordinatorMixin, WagtailAdminTemplateMixin, View):
    """What the screens share; ``states`` are those in which there is something to decide."""

    http_method_names = ["get", "head", "options", "post"]
    template_name = "events/admin/decision.html"
    form_class: type[DecisionForm] = DecisionForm
    states: tuple[State, ...] = ACTIVE_STATES
    button = "Enregistrer"
    is_grave = False

    @cached_property
    def registration(self) -> Registration:
        own = coordinated_registrations(self.request.user).select_related("session__activity__organisation")  # type: ignore[arg-type]
        return get_object_or_404(own, pk=self.kwargs["pk"])

    @property
    def session(self) -> Session:
        return self.registration.session

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.page(self.form())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.page(form, status=422)
        try:
            said = self.decide(form)
        except DomainError as error:
            form.refuse(error)
            del self.registration  # what stands now, beside the sentence
            form.data = form.data.copy()  # so that a second click decides about what is shown
            form.data["state"] = self.registration.state
            return self.page(form, status=422)
        messages.success(request, said)
        return redirect(self.back)

    def form(self, data: Any = None) -> DecisionForm:
        return self.form_class(data, initial={"state": self.registration.state}, **self.form_kwargs())

    def form_kwargs(self) -> dict[str, Any]:
        return {"label_suffix": ""}

    def decide(self, form: DecisionForm) -> str:
        """Call the domain; returns what was done, for the message."""
        raise NotImplementedError

    def as_seen(self, form: DecisionForm, act: Callable[[], Any], *, to: Session | None = None) -> Any:
        return as_seen(registration=self.registration, seen=form.cleaned_data["state"], act=act, to=to)

    def consequences(self) -> list[str]:
        return []

    def obstacle(self) -> str:
        """Why there is nothing to decide; or nothing."""
        if self.registration.state in self.states:
            return ""
        label = self.registration.get_state_display()
        return f"Cette inscription est maintenant « {label} » : il n’y a plus rien à décider ici."

    @property
    def back(self) -> str:
        asked: str = get_valid_next_url_from_request(self.request)
        return asked or f"{reverse('sessions:inspect', args=[self.registration.session_id])}#personnes"

    def get_page_subtitle(self) -> str:
        return self.registration.full_name

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        session = self.session
        return [
            *self.breadcrumbs_items,
            {"url": reverse("sessions:index"), "label": "Sessions"},
            {"url": reverse("sessions:inspect", args=[session.pk]), "label": session.title},
            {"url": "", "label": self.page_title, "sublabel": self.get_page_subtitle()},
        ]

    def page(self, form: DecisionForm, status: int = 200) -> HttpResponse:
        context = self.get_context_data(
            form=form,
            registration=self.registration,
            session=self.session,
            why=why_waiting(self.registration),
            obstacle=self.obstacle(),
            consequences=self.consequences(),
            button=self.button,
            is_grave=self.is_grave,
            back=self.back,
            asked_next=get_valid_next_url_from_request(self.request),
        )
        return self.render_to_response(context, status=status)


class ApproveView(DecisionView):
    page_title = "Accepter la demande"
    header_icon = "check"
    button = "Accepter la demande"
    states = (State.PENDING,)

    def consequences(self) -> list[str]:
        session = self.session
        if is_their_turn(session, is_member=self.registration.is_member):
            return ["Une place est libre : la personne est confirmée, et prévenue par e-mail."]
        if session.waiting_list:
            return [
                "Aucune place pour elle à présent : la personne va en liste d’attente, et en est prévenue."
            ]
        return ["La session est complète et n’a pas de liste d’attente."]

    def decide(self, form: DecisionForm) -> str:
        self.as_seen(form, lambda: rules.approve(registration=self.registration, by=self.request.user))  # type: ignore[arg-type]
        return f"{self.registration.full_name} : la demande est acceptée. {_state_now(self.registration)}"


class DeclineView(DecisionView):
    page_title = "Refuser la demande"
    header_icon = "cross"
    button = "Refuser la demande"
    is_grave = True
    form_class = DeclineForm
    states = (State.PENDING,)

    def consequences(self) -> list[str]:
        return ["La personne en est prévenue par e-mail."]

    def decide(self, form: DecisionForm) -> str:
        reason = form.cleaned_data["reason"]
        self.as_seen(
            form,
            lambda: rules.decline(registration=self.registration, reason=reason, by=self.request.user),  # type: ignore[arg-type]
        )
        return f"{self.registration.full_name} : la demande est refusée, la personne en est prévenue."


class PromoteView(DecisionView):
    page_title = "Faire passer"
    header_icon = "arrow-up"
    button = "Confirmer cette personne"
    form_class = PromoteForm
    states = (State.WAITLISTED, State.OFFERED, State.PENDING)

    def consequences(self) -> list[str]:
        session = self.session
        said = ["La personne est confirmée avant les autres, et prévenue par e-mail."]
        if self.registration.state != State.OFFERED and session.seats_taken >= session.seats:
            said.append("La session est complète : cette personne vient au-delà des places, ce qui est noté.")
        return said

    def decide(self, form: DecisionForm) -> str:
        reason = form.cleaned_data["reason"]
        self.as_seen(
            form,
            lambda: rules.promote(registration=self.registration, reason=reason, by=self.request.user),  # type: ignore[arg-type]
        )
        return f"{self.registration.full_name} a maintenant une place confirmée, et en est prévenu·e."


class MoveView(DecisionView):
    page_title = "Déplacer"
    header_icon = "arrow-right"
    button = "Déplacer vers cette session"
    form_class = MoveForm

    def form_kwargs(self) -> dict[str, Any]:
        return {
            **super().form_kwargs(),
            "sessions": sessions_to_move_to(self.request.user, self.session),
            "activity": self.session.activity_id,
        }

    def consequences(self) -> list[str]:
        said = ["La personne quitte cette session et reçoit un seul message, avec son nouvel agenda."]
        if self.registration.state == State.CONFIRMED and self.session.waiting:
            said.append("Sa place va à la première personne qui attend.")
        return [*said, "Si l’autre session est complète, la personne y rejoint la liste d’attente."]

    def decide(self, form: DecisionForm) -> str:
        target = form.cleaned_data["session"]
        moved = self.as_seen(
            form,
            lambda: rules.move(registration=self.registration, session=target, by=self.request.user),  # type: ignore[arg-type]
            to=target,
        )
        when = moments.moment(target.starts_at)
        return f"{moved.full_name} passe à « {target.title} », {when}. {_state_now(moved)}"


class WithdrawView(DecisionView):
    page_title = "Désister"
    header_icon = "user"
    button = "Enregistrer le désistement"
    is_grave = True

    def obstacle(self) -> str:
        if self.session.completed_at:
            return "L’émargement de cette session est clos : l’inscription ne change plus."
        return super().obstacle()

    def consequences(self) -> list[str]:
        said = ["La personne est prévenue par e-mail."]
        if self.registration.state in (State.CONFIRMED, State.OFFERED) and self.session.waiting:
            said.append("Sa place va à la première personne qui attend.")
        return said

    def decide(self, form: DecisionForm) -> str:
        self.as_seen(form, lambda: rules.withdraw(registration=self.registration, by=self.request.user))  # type: ignore[arg-type]
        return f"{self.registration.full_name} : le désistement est enregistré, la personne en est prévenue."


def _state_now(registration: Registration) -> str:
    registration.refresh_from_db(fields=["state"])
    return f"État : {registration.get_state_display().lower()}."
