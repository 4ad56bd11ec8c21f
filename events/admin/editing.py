"""Creating and editing a session: the form parses, the domain writes."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from wagtail.admin import messages
from wagtail.admin.ui.components import MediaContainer
from wagtail.admin.views import generic

from common.errors import DomainError
from events.admin.form_sections import session_sections
from events.admin.scoping import OwnSessionsMixin
from events.admin.telling import active_people, people_told
from events.forms.session import SessionForm
from events.models import Session

STALE = "La session n’est pas enregistrée : quelqu’un d’autre l’a modifiée entre-temps."


class SessionFormMixin(OwnSessionsMixin):
    """What creating and editing share; ``publish`` is the second button."""

    request: HttpRequest
    form_class = SessionForm
    template_name = "events/admin/session_form.html"
    error_message = "La session n’est pas enregistrée : corrigez ce qui est signalé plus bas."

    def get_form_class(self) -> type[SessionForm]:
        return SessionForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user}  # type: ignore[misc]

    def form_valid(self, form: SessionForm) -> HttpResponse:
        publish = "action-publish" in self.request.POST
        try:
            session = form.save(by=self.request.user, publish=publish)  # type: ignore[arg-type]
        except DomainError as error:
            form.refuse(error)
            self.produced_error_code = "validation_error"
            self.produced_error_message = STALE if form.stored else self.error_message
            return self.form_invalid(form)  # type: ignore[attr-defined, no-any-return]
        text = f"« {session.title} » : {self._outcome(session, publish)}."
        if form.instance.sequence < session.sequence:  # the time or the place changed
            text += f" {people_told(active_people(session))}"
        messages.success(self.request, text)
        return redirect("sessions:inspect", session.pk)

    def form_invalid(self, form: SessionForm) -> HttpResponse:
        response = super().form_invalid(form)  # type: ignore[misc]
        response.status_code = 409 if form.stored else 422
        return response  # type: ignore[no-any-return]

    @staticmethod
    def _outcome(session: Session, publish: bool) -> str:
        if publish:
            return "session publiée"
        return (
            "modifications enregistrées" if session.status != Session.Status.DRAFT else "brouillon enregistré"
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)  # type: ignore[misc]
        form = context["form"]
        return {
            **context,
            "can_publish": form.instance.status == Session.Status.DRAFT,
            "people": active_people(form.instance) if form.instance.pk else 0,
            "sections": session_sections(form),
        }


class SessionCreateView(SessionFormMixin, generic.CreateView):
    page_title = "Nouvelle session"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        above = {"url": reverse("sessions:index"), "label": "Sessions"}
        return [*self.breadcrumbs_items, above, {"url": "", "label": self.page_title}]

    def get_initial(self) -> dict[str, Any]:
        return {"activity": self.request.GET.get("activity", "")[:20]}


class SessionEditView(SessionFormMixin, generic.EditView):
    page_title = "Modifier"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        session = self.get_object()
        # What was typed in a form opened before is not thrown away: it comes back with the reason.
        if session.status == Session.Status.CANCELLED and request.method != "POST":
            messages.warning(request, "Cette session est annulée : elle ne se modifie plus.")
            return redirect("sessions:inspect", session.pk)
        return super().dispatch(request, *args, **kwargs)  # type: ignore[no-any-return]

    def get_side_panels(self) -> Any:
        return MediaContainer([])

    def get_success_url(self) -> str:
        return reverse("sessions:inspect", args=[self.object.pk])
