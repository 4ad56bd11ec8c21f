"""Verifying a number, and downloading the document."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from certificates.access import own_certificates
from certificates.domain.days import dates
from certificates.domain.links import download_url, has_expired, read_certificate_token
from certificates.domain.numbers import grouped, normalised
from certificates.forms.verification import NumberForm
from certificates.models import Certificate
from certificates.views.limits import count_unknown, guesses_too_much
from common import moments
from events.domain.links import LinkError

GONE = 410


@never_cache
@require_safe
def verify(request: HttpRequest) -> HttpResponse:
    """Type a number; a good one leads to its page."""
    form = NumberForm(request.GET if "numero" in request.GET else None)
    if form.is_valid():
        return redirect("certificates:certificate", number=form.cleaned_data["numero"])
    return render(request, "certificates/verify.html", {"form": form}, status=422 if form.is_bound else 200)


@never_cache
@require_safe
def certificate(request: HttpRequest, number: str) -> HttpResponse:
    """What anybody may know of a number: whether it holds, and the least that tells of what."""
    if guesses_too_much(request):
        return render(request, "certificates/too_many.html", status=429)
    canonical = normalised(number)
    if canonical and canonical != number:
        return redirect("certificates:certificate", number=canonical)
    found = Certificate.objects.filter(number=canonical).first() if canonical else None
    if found is None:
        count_unknown(request)
        return render(request, "certificates/unknown.html", {"form": NumberForm()}, status=404)
    context = {
        "certificate": found,
        "facts": found.facts,
        "number": grouped(found.number),
        "dates": dates(found.facts["slots"]),
        "total": moments.duration(found.facts["minutes"]),
    }
    return render(request, "certificates/certificate.html", context)


@never_cache
@require_safe
def download(request: HttpRequest, token: str) -> HttpResponse:
    """The PDF, for whoever holds the link; after three years, for its owner signed in."""
    try:
        found = read_certificate_token(token)
    except LinkError:
        return render(request, "certificates/link_error.html", {"expired": False}, status=404)
    if has_expired(found) and not own_certificates(request.user).filter(pk=found.pk).exists():
        return render(request, "certificates/link_error.html", {"expired": True}, status=GONE)
    if found.status != Certificate.Status.VALID:
        return render(request, "certificates/withdrawn.html", _withdrawn(found), status=GONE)
    # WeasyPrint takes a second to load: commands do without it, web workers load it at their start.
    from certificates.domain.rendering import render_pdf

    response = HttpResponse(render_pdf(found), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="attestation-{found.number}.pdf"'
    response["X-Robots-Tag"] = "noindex"
    return response


def _withdrawn(found: Certificate) -> dict[str, object]:
    successor = Certificate.objects.filter(
        status=Certificate.Status.VALID, registration=found.registration_id, kind=found.kind
    ).first()
    return {
        "certificate": found,
        "number": grouped(found.number),
        "successor_url": download_url(successor) if successor else "",
    }
