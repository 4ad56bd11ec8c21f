"""Writing to some people of a session: write, look, send."""

from typing import Any

from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views import View
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from common.errors import DomainError
from events.admin.scoping import OwnSessionsMixin
from events.domain import mailings
from events.domain.message_previews import preview
from events.forms.mailing import MailingForm
from events.forms.message_rule import words
from events.models import Mailing, Session

PREVIEWS = 3


class MailingView(OwnSessionsMixin, WagtailAdminTemplateMixin, View):
    """One address, three steps: the buttons of a POST say which; only « Envoyer » sends."""

    http_method_names = ["get", "head", "options", "post"]
    template_name = "events/admin/mailing.html"
    page_title = "Écrire"
    header_icon = "mail"
    session: Session

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.session = self.get_object()
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        asked = [pk for pk in request.GET.get("registrations", "")[:4000].split(",") if pk]
        initial = {"registrations": asked, "groups": request.GET.getlist("groups")[:10]}
        return self._write(MailingForm(session=self.session, initial=initial))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = MailingForm(request.POST, session=self.session)
        if "action-edit" in request.POST:
            return self._write(MailingForm(session=self.session, initial=_typed(request)))
        if not form.is_valid():
            return self._write(form, status=422)
        try:
            if "action-send" in request.POST:
                return self._send(form)
            mailings.check(**_text(form))
            if "action-trial" in request.POST:
                self._try(form)
        except DomainError as error:
            form.add_error(error.field if error.field in ("subject", "body") else "groups", str(error))
            return self._write(form, status=422)
        return self._look(form)

    def _send(self, form: MailingForm) -> HttpResponse:
        mailing = mailings.send(
            session=self.session,
            registrations=form.chosen,
            by=self.request.user,  # type: ignore[arg-type]
            once=form.cleaned_data["once"],
            **_text(form),
        )
        people = mailing.recipients
        told = (
            "Le message part vers une personne."
            if people == 1
            else f"Le message part vers {people} personnes."
        )
        log = messages.button(f"{reverse('messages:index')}?session={self.session.pk}", "Voir les envois")
        messages.success(self.request, told, buttons=[log])
        return redirect("sessions:inspect", self.session.pk)

    def _try(self, form: MailingForm) -> None:
        user = self.request.user
        mailings.send_trial(
            session=self.session,
            registration=form.chosen[0],
            by=user,  # type: ignore[arg-type]
            **_text(form),
        )
        messages.success(self.request, f"Un essai part à votre adresse, {user.email}.")  # type: ignore[union-attr]

    def _write(self, form: MailingForm, status: int = 200) -> HttpResponse:
        context = self.get_context_data(form=form, words=words(), step="write")
        return self.render_to_response(context, status=status)

    def _look(self, form: MailingForm) -> HttpResponse:
        text = Mailing(**_text(form))
        prefetch_related_objects([self.session], "slots")
        for one in form.chosen[:PREVIEWS]:
            one.session = self.session
        context = self.get_context_data(
            form=form,
            step="look",
            chosen=form.chosen,
            previews=[preview(text, registration=one) for one in form.chosen[:PREVIEWS]],
            others=max(0, len(form.chosen) - PREVIEWS),
            once=form.cleaned_data["once"] or mailings.new_once(),
            **_text(form),
        )
        return self.render_to_response(context)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "session": self.session}

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        sessions = {"url": reverse("sessions:index"), "label": "Sessions"}
        session = {"url": reverse("sessions:inspect", args=[self.session.pk]), "label": self.session.title}
        return [*self.breadcrumbs_items, sessions, session, {"url": "", "label": self.page_title}]


def _text(form: MailingForm) -> dict[str, str]:
    return {"subject": form.cleaned_data["subject"], "body": form.cleaned_data["body"]}


def _typed(request: HttpRequest) -> dict[str, Any]:
    """What the preview was of, back in the form."""
    return {
        "registrations": request.POST.getlist("registrations"),
        "subject": request.POST.get("subject", ""),
        "body": request.POST.get("body", ""),
    }
