"""Answering the survey behind a personal link; the link opens it, the answer forgets it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from common.errors import DomainError
from events.domain import survey as rules
from events.domain.links import LinkError, read_invitation_token
from events.forms.survey import SurveyForm
from events.models import SurveyInvitation

GONE = 410


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def survey(request: HttpRequest, token: str) -> HttpResponse:
    try:
        invitation = read_invitation_token(token)
    except LinkError:
        return _closed(
            request, "Ce lien n’est plus valable : ouvrez celui de l’e-mail le plus récent.", status=404
        )
    if reason := rules.why_closed(invitation):
        return _closed(request, reason, status=GONE)
    questions = invitation.survey.questions
    if request.method != "POST":
        # ``?note=8`` only preselects: scanners follow links. Mails write ``#note-8`` (survey.js), because
        # what stands before « # » is in every log on the way, beside a token that is one person's.
        return _page(request, invitation, SurveyForm(questions, note=request.GET.get("note")))
    form = SurveyForm(questions, request.POST)
    if not form.is_valid():
        return _page(request, invitation, form, status=422)
    try:
        rules.answer(invitation=invitation, values=form.values())
    except DomainError as error:
        if not error.field:
            return _closed(request, str(error), status=GONE)
        form.refuse(error.field, str(error))
        return _page(request, invitation, form, status=422)
    return redirect("events:survey_thanks")


@require_safe
def survey_thanks(request: HttpRequest) -> HttpResponse:
    return render(request, "events/survey_thanks.html")


def _page(
    request: HttpRequest, invitation: SurveyInvitation, form: SurveyForm, status: int = 200
) -> HttpResponse:
    context = {"form": form, "survey": invitation.survey}
    return render(request, "events/survey.html", context, status=status)


def _closed(request: HttpRequest, reason: str, *, status: int) -> HttpResponse:
    return render(request, "events/survey_closed.html", {"reason": reason}, status=status)
