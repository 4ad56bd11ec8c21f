"""Verifying a number, and downloading the document."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from certificates.access import own_certificates
from certificates.domain.days import dates
from certificates.domain.files import digest_of, file_name, hand_out, recognised
from certificates.domain.links import download_url, has_expired, read_certificate_token
from certificates.domain.numbers import grouped, normalised
from certificates.forms.verification import MOST_BYTES, TOO_LONG, FileForm, NumberForm
from certificates.models import Certificate
from certificates.views.limits import compares_too_much, count_unknown, guesses_too_much
from common import moments
from common.limits import few_documents
from events.domain.links import LinkError

GONE = 410
MARGIN = 16 * 1024  # what a form writes around a file


@never_cache
@require_safe
def verify(request: HttpRequest) -> HttpResponse:
    """Type a number; a good one leads to its page."""
    form = NumberForm(request.GET if "numero" in request.GET else None)
    if form.is_valid():
        return redirect("certificates:certificate", number=form.cleaned_data["numero"])
    return _verify(request, form, FileForm(), status=422 if form.is_bound else 200)


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
    return render(request, "certificates/certificate.html", _least(found) | {"is_compared": False})


@csrf_exempt  # it changes nothing; and so a body that is too long is refused before it is read
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def compare(request: HttpRequest) -> HttpResponse:
    """Whether a file is one that was handed out, byte for byte; the file is read and forgotten."""
    if request.method != "POST":
        return redirect("certificates:verify")
    if compares_too_much(request):
        return render(request, "certificates/too_many.html", status=429)
    if not _is_short(request.META.get("CONTENT_LENGTH") or "0"):
        form = FileForm({}, {})
        form.errors["fichier"] = form.error_class([TOO_LONG])
        return _verify(request, NumberForm(), form, status=413)
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _verify(request, NumberForm(), form, status=422)
    found = recognised(digest_of(form.cleaned_data["fichier"]))
    if found is None:
        return render(request, "certificates/not_ours.html", {"form": NumberForm()})
    return render(request, "certificates/certificate.html", _least(found) | {"is_compared": True})


@never_cache
@require_safe
@few_documents
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
    response = HttpResponse(hand_out(found), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{file_name(found)}"'
    response["X-Robots-Tag"] = "noindex"
    return response


def _is_short(length: str) -> bool:
    return length.isdecimal() and len(length) < 10 and int(length) <= MOST_BYTES + MARGIN


def _verify(request: HttpRequest, form: NumberForm, file_form: FileForm, *, status: int) -> HttpResponse:
    return render(request, "certificates/verify.html", {"form": form, "file_form": file_form}, status=status)


def _least(found: Certificate) -> dict[str, object]:
    """What anybody may read of a certificate whose number, or file, they hold."""
    successor = Certificate.objects.filter(replaces=found).first()
    return {
        "certificate": found,
        "facts": found.facts,
        "number": grouped(found.number),
        "dates": dates(found.facts["slots"]),
        "total": moments.duration(found.facts["minutes"]),
        "replaced_at": successor.issued_at if successor else None,
    }


def _withdrawn(found: Certificate) -> dict[str, object]:
    successor = Certificate.objects.filter(
        status=Certificate.Status.VALID, registration=found.registration_id, kind=found.kind
    ).first()
    return {
        "certificate": found,
        "number": grouped(found.number),
        "successor_url": download_url(successor) if successor else "",
    }
