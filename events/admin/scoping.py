"""One mixin that every view on sessions wears: rows of other organisations do not exist for it.

Wagtail's generic views check permissions per model; without this a coordinator opens anybody's rows.
"""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from events.access import coordinated_sessions
from events.models import Session
from events.models.session import SessionQuerySet
from members.access import is_coordinator


class CoordinatorMixin:
    """For coordinators only; Wagtail sends anybody else back to the admin's home with a message."""

    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_coordinator(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]


class OwnSessionsMixin:
    request: HttpRequest
    kwargs: dict[str, Any]

    def own_sessions(self) -> SessionQuerySet:
        return coordinated_sessions(self.request.user)  # type: ignore[arg-type]

    def get_base_queryset(self) -> SessionQuerySet:
        return self.own_sessions()

    def get_base_object_queryset(self) -> SessionQuerySet:
        return self.own_sessions()

    def get_object(self, queryset: Any = None) -> Session:
        return get_object_or_404(self.own_sessions(), pk=self.kwargs["pk"])
