"""Mixins that views of the admin wear: rows of other organisations do not exist for them.

Wagtail's generic views check permissions per model; without these a coordinator opens anybody's rows.
"""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from events.access import coordinated_sessions
from events.admin.policies import coordinates
from events.models.session import SessionQuerySet


class CoordinatorMixin:
    """For coordinators only; Wagtail sends anybody else back to the admin's home with a message."""

    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not coordinates(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]


class OwnRowsMixin:
    """``own_rows`` is where a view starts from."""

    request: HttpRequest
    kwargs: dict[str, Any]

    def own_rows(self) -> QuerySet[Any]:
        raise NotImplementedError

    def get_base_queryset(self) -> QuerySet[Any]:
        return self.own_rows()

    def get_base_object_queryset(self) -> QuerySet[Any]:
        return self.own_rows()

    def get_object(self, queryset: Any = None) -> Any:
        if getattr(self, "object", None) is None:
            self.object = get_object_or_404(self.own_rows(), pk=self.kwargs["pk"])
        return self.object


class OwnSessionsMixin(OwnRowsMixin):
    def own_rows(self) -> SessionQuerySet:
        return coordinated_sessions(self.request.user)  # type: ignore[arg-type]
