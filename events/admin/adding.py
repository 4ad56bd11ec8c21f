"""Adding a person to a session: the coordination registers somebody who phoned or wrote."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.views import View
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from common.errors import DomainError
from events.access import coordinated_sessions
from events.admin.scoping import CoordinatorMixin
from events.domain.doors import door
from events.domain.eligibility import rules_in_words, waiting_rule
from events.domain.registration import register
from events.forms.person import PersonForm
from events.models import Registration, Session

State = Registration.State
SAID = {
    State.CONFIRMED: "a une place confirmée, et en est prévenu·e",
    State.WAITLISTED: "rejoint la liste d’attente, et en est prévenu·e",
}


class AddPersonView(CoordinatorMixin, WagtailAdminTemplateMixin, View):
    http_method_names = ["get", "head", "options", "post"]
    template_name = "events/admin/registration_add.html"
    page_title = "Ajouter une personne"
    header_icon = "user"

    @cached_property
    def session(self) -> Session:
        return get_object_or_404(coordinated_sessions(self.request.user), pk=self.kwargs["pk"])  # type: ignore[arg-type]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.page(self.form())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.page(form, status=422)
        try:
            outcome = register(
                session=self.session,
                person=form.person,
                by=request.user,  # type: ignore[arg-type]
                answers=form.answers,
            )
        except DomainError as error:
            form.refuse(error)
            return self.page(form, status=422)
        name, state = outcome.registration.full_name, State(outcome.registration.state)
        if outcome.created:
            messages.success(request, f"{name} {SAID.get(state, 'est inscrit·e')}.")
        else:
            messages.warning(
                request, f"{name} était déjà sur la liste ({state.label.lower()}) : rien n’a changé."
            )
        return redirect(f"{reverse('sessions:inspect', args=[self.session.pk])}#personnes")

    def form(self, data: Any = None) -> PersonForm:
        return PersonForm(data, organisation=self.session.activity.organisation, session=self.session)

    def get_page_subtitle(self) -> str:
        return self.session.title

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("sessions:index"), "label": "Sessions"},
            {"url": reverse("sessions:inspect", args=[self.session.pk]), "label": self.session.title},
            {"url": "", "label": self.page_title},
        ]

    def page(self, form: PersonForm, status: int = 200) -> HttpResponse:
        session = self.session
        context = self.get_context_data(
            form=form,
            session=session,
            rules=[rule for rule in rules_in_words(session) if rule != waiting_rule(session)],
            is_closed=not door(session=session).takes_names,
            is_full=session.is_full,
        )
        return self.render_to_response(context, status=status)
