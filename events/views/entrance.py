"""The registration form as it opens: blank for a stranger, filled with what is known of the visitor."""

from typing import Any

from django.http import HttpRequest

from events.access import own_registrations
from events.domain.links import registration_token
from events.domain.people import is_known_member
from events.forms.registration import PublicForm
from events.models import ACTIVE_STATES, Session
from events.views.remembered import remembered_person
from members.models import Organisation, User


def visitor(request: HttpRequest) -> User | None:
    return request.user if request.user.is_authenticated else None


def known_facts(request: HttpRequest, organisation: Organisation) -> dict[str, Any]:
    user = visitor(request)
    if user is None:
        return remembered_person(request, organisation)
    return {"is_member": is_known_member(user, organisation)}


def blank_form(request: HttpRequest, session: Session) -> PublicForm:
    organisation = session.activity.organisation
    return PublicForm(
        organisation=organisation,
        user=visitor(request),
        known=known_facts(request, organisation),
        session=session,
    )


def standing_token(request: HttpRequest, session: Session) -> str:
    """The personal page of a signed-in person who is registered already; else empty."""
    if visitor(request) is None:
        return ""
    own = own_registrations(request.user).filter(session=session, state__in=ACTIVE_STATES).first()  # type: ignore[arg-type]
    return registration_token(own) if own else ""
