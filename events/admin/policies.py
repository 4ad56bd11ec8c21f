"""Permissions of the admin, per organisation and not per model as Wagtail has them."""

from collections.abc import Iterable
from functools import reduce
from typing import Any

from django.db.models import Model, Q, QuerySet
from wagtail.permission_policies import BasePermissionPolicy

from events.access import Actor
from members.access import coordinated_organisations, coordinators, is_coordinator
from members.models import User

_ANSWER = "_escale_coordinates"


def coordinates(user: Actor) -> bool:
    """``is_coordinator``, asked once a request: menu, view and each row of a list ask it of the same user."""
    if not hasattr(user, _ANSWER):
        setattr(user, _ANSWER, is_coordinator(user))
    return bool(getattr(user, _ANSWER))


class OwnedPolicy(BasePermissionPolicy):
    """Coordinators act on the rows of the organisations that they coordinate today."""

    actions = frozenset({"add", "change", "delete", "view"})
    # From a row to its organisation.
    owner = "organisation"

    def user_has_permission(self, user: Actor, action: str) -> bool:
        return action in self.actions and coordinates(user)

    def users_with_any_permission(self, actions: Iterable[str]) -> QuerySet[User]:
        return self._holders(actions, coordinators())

    def user_has_permission_for_instance(self, user: Actor, action: str, instance: Model) -> bool:
        own = coordinated_organisations(user).filter(pk=self._organisation(instance).pk)
        return action in self.actions and own.exists()

    def instances_user_has_any_permission_for(self, user: Actor, actions: Iterable[str]) -> QuerySet[Any]:
        if not self.actions & set(actions):
            return self.model._default_manager.none()
        return self.model._default_manager.filter(**{f"{self.owner}__in": coordinated_organisations(user)})

    def users_with_any_permission_for_instance(
        self, actions: Iterable[str], instance: Model
    ) -> QuerySet[User]:
        return self._holders(actions, coordinators(organisation=self._organisation(instance)))

    def _organisation(self, instance: Model) -> Any:
        return reduce(getattr, self.owner.split("__"), instance)

    def _holders(self, actions: Iterable[str], those: QuerySet[User]) -> QuerySet[User]:
        if not self.actions & set(actions):
            return User.objects.none()
        return User.objects.filter(Q(is_superuser=True) | Q(pk__in=those.values("pk")), is_active=True)


class SessionPolicy(OwnedPolicy):
    """A session is cancelled, never deleted: people were told of it."""

    actions = OwnedPolicy.actions - {"delete"}
    owner = "activity__organisation"
