"""Permissions of the admin, per organisation and not per model as Wagtail has them."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet
from wagtail.permission_policies import BasePermissionPolicy

from events.access import Actor, coordinated_sessions
from events.models import Session
from members.access import coordinated_organisations, coordinators, is_coordinator
from members.models import User

# A session is cancelled, never deleted: people were told of it.
SESSION_ACTIONS = {"add", "change", "view"}


class SessionPolicy(BasePermissionPolicy):
    """Coordinators act on the sessions of the organisations that they coordinate today."""

    # Asked for once per row of a list: the answer is kept on the request's user.
    permission_cache_name = "_escale_session_permissions"

    def get_all_permissions_for_user(self, user: Actor) -> set[str]:
        return set(SESSION_ACTIONS) if is_coordinator(user) else set()

    def user_has_permission(self, user: Actor, action: str) -> bool:
        return action in self.get_cached_permissions_for_user(user)

    def user_has_any_permission(self, user: Actor, actions: Iterable[str]) -> bool:
        return bool(self.get_cached_permissions_for_user(user) & set(actions))

    def users_with_any_permission(self, actions: Iterable[str]) -> QuerySet[User]:
        if not SESSION_ACTIONS & set(actions):
            return User.objects.none()
        return User.objects.filter(
            Q(is_superuser=True) | Q(pk__in=coordinators().values("pk")), is_active=True
        )

    def user_has_permission_for_instance(self, user: Actor, action: str, instance: Session) -> bool:
        return (
            action in SESSION_ACTIONS
            and coordinated_organisations(user).filter(activities=instance.activity_id).exists()
        )

    def instances_user_has_any_permission_for(self, user: Actor, actions: Iterable[str]) -> QuerySet[Session]:
        if not SESSION_ACTIONS & set(actions):
            return Session.objects.none()
        return coordinated_sessions(user)

    def users_with_any_permission_for_instance(
        self, actions: Iterable[str], instance: Session
    ) -> QuerySet[User]:
        if not SESSION_ACTIONS & set(actions):
            return User.objects.none()
        own = coordinators(organisation=instance.activity.organisation)
        return User.objects.filter(Q(is_superuser=True) | Q(pk__in=own.values("pk")), is_active=True)
