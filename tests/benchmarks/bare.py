"""The floor: a Django project that does nothing but answer one page, served as Escale is."""

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

PAGE = "<!doctype html><title>Une page</title>" + "<p>La mer est calme, le port est proche.</p>" * 450

settings.configure(
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="floor",
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
)


def page(_: HttpRequest) -> HttpResponse:
    return HttpResponse(PAGE)


urlpatterns = [path("", page)]
application = get_wsgi_application()
