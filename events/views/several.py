"""Registering to several sessions of one activity in one go."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse


def register_many(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    raise Http404


registered_many = register_many
