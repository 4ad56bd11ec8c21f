"""One session, its registration form, its calendar file."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe

from common.public import good_until, public_page
from events.domain.calendars import session_calendar
from events.domain.doors import Door, door
from events.domain.eligibility import APPROVAL, rules_in_words
from events.domain.public_figures import public_figures
from events.domain.session_page import face_of
from events.domain.session_page import public_session as session_with_parts
from events.domain.structured_data import as_json, image_url, structured_data
from events.forms.registration import RegistrationForm
from events.models import Session
from events.views.entrance import blank_form, standing_token


@require_safe
@public_page
def session(request: HttpRequest, pk: int) -> HttpResponse:
    found = public_session(pk)
    response = session_page(request, found)
    changes = (found.opens_at, found.closes_at, found.members_first_until, found.starts_at, found.ends_at)
    return good_until(response, *changes)


@require_safe
def session_ics(request: HttpRequest, pk: int) -> HttpResponse:
    found = public_session(pk)
    response = HttpResponse(session_calendar(session=found), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="escale-session-{found.pk}.ics"'
    return response


def public_session(pk: int) -> Session:
    found = session_with_parts(pk)
    if found is None:
        raise Http404
    return found


def session_page(
    request: HttpRequest, session: Session, form: RegistrationForm | None = None, *, status: int = 200
) -> HttpResponse:
    state = door(session=session)
    if form is None and state.takes_names:
        form = blank_form(request, session)
    activity_url = session.activity.get_url() or "/"
    image = image_url(session)
    data = structured_data(session=session, door=state, activity_url=activity_url, image=image)
    context = {
        "session": session,
        "door": state,
        "form": form,
        "standing_token": standing_token(request, session),
        "rules": [
            rule
            for rule in rules_in_words(session)
            if not (form and session.is_application and rule == APPROVAL)
        ],
        "face": face_of(session),
        "figures": public_figures(session) if state == Door.PAST else None,
        "activity_url": activity_url,
        "image_url": image,
        "data": as_json(data),
    }
    response = render(request, "events/session.html", context, status=status)
    if request.user.is_authenticated or (form is not None and form.known):
        add_never_cache_headers(response)  # it names somebody
    return response
