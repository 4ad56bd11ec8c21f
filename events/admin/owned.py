"""Rows that belong to an organisation by a field of their own: scoped as sessions are."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from wagtail.permission_policies import BasePermissionPolicy

from events.access import Actor
from members.access import coordinated_organisations, coordinators, is_coordinator
from members.models import User


class OwnedPolicy(BasePermissionPolicy):
    """Coordinators do everything with the rows of the organisations that they coordinate today."""

    actions = frozenset({"add", "change", "delete", "view"})
    # Asked for once per row of a list: the answer is kept on the request's user.
    permission_cache_name = "_escale_owned_permissions"

    def get_all_permissions_for_user(self, user: Actor) -> set[str]:
        return set(self.actions) if is_coordinator(user) else set()

    def user_has_permission(self, user: Actor, action: str) -> bool:
        return action in self.get_cached_permissions_for_user(user)

    def users_with_any_permission(self, actions: Iterable[str]) -> QuerySet[User]:
        if not self.actions & set(actions):
            return User.objects.none()
        return User.objects.filter(
            Q(is_superuser=True) | Q(pk__in=coordinators().values("pk")), is_active=True
        )

    def user_has_permission_for_instance(self, user: Actor, action: str, instance: Any) -> bool:
        own = coordinated_organisations(user).filter(pk=instance.organisation_id)
        return action in self.actions and own.exists()

    def user_has_any_permission_for_instance(
        self, user: Actor, actions: Iterable[str], instance: Any
    ) -> bool:
        return any(self.user_has_permission_for_instance(user, action, instance) for action in actions)

    def instances_user_has_any_permission_for(self, user: Actor, actions: Iterable[str]) -> QuerySet[Model]:
        if not self.actions & set(actions):
            return self.model._default_manager.none()
        return self.model._default_manager.filter(organisation__in=coordinated_organisations(user))

    def users_with_any_permission_for_instance(self, actions: Iterable[str], instance: Any) -> QuerySet[User]:
        own = coordinators(organisation=instance.organisation)
        everybody = self.users_with_any_permission(actions)
        return everybody.filter(Q(is_superuser=True) | Q(pk__in=own.values("pk")))


class OwnRowsMixin:
    """For Wagtail's generic views, which check permissions per model: other rows do not exist."""

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
