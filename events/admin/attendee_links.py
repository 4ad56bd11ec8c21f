"""Links to a session's list for who leads it: made, renewed, revoked from the session's page."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views import View
from wagtail.admin import messages

from common.errors import DomainError
from common.numbers import row_number
from events.admin.scoping import OwnSessionsMixin
from events.domain.attendee_links import create_link, renew_link, revoke_link
from events.models import AttendeeLink, SessionRole


class SessionLinksView(OwnSessionsMixin, View):
    """The button that was pressed says what to do, its value with which row."""

    http_method_names = ["get", "head", "options", "post"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._back()

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.get_object()
        try:
            said = self._act()
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, said)
        return self._back()

    def _act(self) -> str:
        posted, by = self.request.POST, self.request.user
        if "creer" in posted:
            role = get_object_or_404(SessionRole, session=self.object, pk=row_number(posted["creer"]))
            return _given(create_link(role=role, by=by))  # type: ignore[arg-type]
        if "renouveler" in posted:
            return _given(renew_link(link=self._link(posted["renouveler"]), by=by))  # type: ignore[arg-type]
        if "revoquer" in posted:
            revoke_link(link=self._link(posted["revoquer"]), by=by)  # type: ignore[arg-type]
            return "Le lien est révoqué : il n’ouvre plus rien."
        raise Http404

    def _link(self, typed: str) -> AttendeeLink:
        rows = AttendeeLink.objects.select_related("role")
        return get_object_or_404(rows, role__session=self.object, pk=row_number(typed))

    def _back(self) -> HttpResponse:
        return redirect(f"{reverse('sessions:inspect', args=[self.get_object().pk])}#liens")


def _given(link: AttendeeLink) -> str:
    if link.role.user_id:
        return f"Le lien est envoyé à {link.role.name}."
    return f"Le lien est prêt : copiez-le pour {link.role.name}."
