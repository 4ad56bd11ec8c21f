"""Its settings, its views and what serves them; ``python -m tests.benchmarks.floor.project`` fills it."""

import json
import os
import sys

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection, transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

NAME = "tests.benchmarks.floor.project"
PAGE = "<!doctype html><title>Une page</title>" + "<p>La mer est calme, le port est proche.</p>" * 450

settings.configure(
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=NAME,
    SECRET_KEY="floor",
    USE_TZ=True,
    DATABASES={"default": json.loads(os.environ["FLOOR_DATABASE"])},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=[
        "tests.benchmarks.floor",
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.messages",
        "django.contrib.sessions",
    ],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
)
application = get_wsgi_application()

from tests.benchmarks.floor.models import Entry, Session  # noqa: E402


def page(_: HttpRequest) -> HttpResponse:
    return HttpResponse(PAGE)


@csrf_exempt
def enter(request: HttpRequest, pk: int) -> HttpResponse:
    with transaction.atomic():
        seats = Session.objects.filter(pk=pk, seats_taken__lt=F("capacity"))
        confirmed = bool(seats.update(seats_taken=F("seats_taken") + 1))
        name, email = request.POST["name"], request.POST["email"]
        Entry.objects.create(session_id=pk, name=name, email=email, confirmed=confirmed)
    return redirect("/")


@csrf_exempt
def mark(request: HttpRequest, pk: int) -> JsonResponse:
    changed = Entry.objects.filter(pk=pk).update(state=json.loads(request.body)["state"])
    return JsonResponse({"changed": changed})


urlpatterns = [path("", page), path("enter/<int:pk>/", enter), path("mark/<int:pk>/", mark)]


def prepare(sessions: list[int], entries: int) -> None:
    """Tables, one session for each capacity, and entries to mark, numbered from one."""
    with connection.schema_editor() as editor:
        editor.create_model(Session)
        editor.create_model(Entry)
    made = Session.objects.bulk_create(Session(capacity=capacity) for capacity in sessions)
    Entry.objects.bulk_create(
        Entry(session=made[0], name=f"Martin {n}", email=f"m{n}@example.org", confirmed=True)
        for n in range(entries)
    )


if __name__ == "__main__":
    prepare(json.loads(sys.argv[1]), int(sys.argv[2]))
