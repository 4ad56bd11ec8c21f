"""Cancelling a session: asks for the reason and says how many people will be told; only the POST cancels."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View
from wagtail.admin import messages

from common.errors import DomainError
from events.admin.scoping import OwnSessionsMixin
from events.admin.telling import active_people, people_told
from events.domain.sessions import cancel_session
from events.forms.cancelling import CancelForm
from events.models import Session


class SessionCancelView(OwnSessionsMixin, View):
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
        messages.success(request, f"« {session.title} » est annulée. {people_told(told)}")
        return redirect("sessions:inspect", session.pk)

    def _page(self, form: CancelForm, status: int = 200) -> HttpResponse:
        session = self.get_object()
        context = {
            "session": session,
            "form": form,
            "told": people_told(active_people(session), future=True),
            "is_cancelled": session.status == Session.Status.CANCELLED,
        }
        return render(self.request, "events/admin/session_cancel.html", context, status=status)
