"""What who trains says that each person has acquired: one page, on a phone or with a keyboard."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from certificates.domain.assessing import assess
from common.errors import DomainError
from events.access import attendance_sessions
from events.models import Session
from trainings.domain.assessing import assessing_obstacle, assessments, objectives_of
from trainings.domain.following import Following, following, is_training
from trainings.forms.assessment import AssessmentForm


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def assessment(request: HttpRequest, pk: int) -> HttpResponse:
    session = get_object_or_404(attendance_sessions(request.user), pk=pk)
    if not is_training(session):
        raise Http404
    people = following(session)
    form = AssessmentForm(
        request.POST if request.method == "POST" else None,
        people=people.lines,
        objectives=objectives_of(session),
        said=assessments(session),
    )
    if request.method != "POST":
        return _page(request, session, people, form)
    if form.is_valid() and _saved(request, session, form):
        return redirect("certificates:assessment", pk=pk)
    return _page(request, session, people, form, status=422)


def _saved(request: HttpRequest, session: Session, form: AssessmentForm) -> bool:
    try:
        changed, followed = assess(session=session, levels=form.levels, by=request.user, seen=form.seen)
    except DomainError as error:
        form.refuse(error)
        return False
    if not changed:
        messages.info(request, "Rien n’a changé.")
        return True
    text = "C’est noté." if changed == 1 else f"C’est noté pour {changed} personnes."
    if followed.issued or followed.replaced:
        text += " Les documents qui en dépendent leur sont envoyés."
    messages.success(request, text)
    return True


def _page(
    request: HttpRequest, session: Session, people: Following, form: AssessmentForm, *, status: int = 200
) -> HttpResponse:
    if form.is_bound:
        form.show_what_stands()
    context = {
        "session": session,
        "people": people,
        "form": form,
        "obstacle": assessing_obstacle(session),
        "assessed": sum(line.assessed for line in people.lines),
    }
    return render(request, "trainings/assessment.html", context, status=status)
