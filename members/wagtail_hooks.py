"""What the members app adds to the Wagtail admin; the views are in ``members.admin``."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from wagtail import hooks
from wagtail.admin import messages
from wagtail.permissions import register_permission_policy

from members.admin import AdministratorsPolicy
from members.models import Organisation, User

register_permission_policy(Organisation, AdministratorsPolicy(Organisation))


@hooks.register("before_delete_user")
def keep_accounts(request: HttpRequest, user: User) -> HttpResponse:
    """Registrations and logs lean on accounts; a person's data leave by the purge, not by this button."""
    messages.error(request, f"Le compte de {user} ne se supprime pas ici : désactivez-le.")
    return redirect("wagtailusers_users:edit", user.pk)


@hooks.register("before_edit_user")
def leave_the_erased(request: HttpRequest, user: User) -> HttpResponse | None:
    """A form that was opened before would bring the name back."""
    if user.erased_at is None:
        return None
    messages.error(request, "Ce compte est effacé : il ne se modifie plus.")
    return redirect("wagtailusers_users:index")


@hooks.register("before_bulk_action")
def keep_accounts_in_bulk(
    request: HttpRequest, action_type: str, objects: list[Any], action: Any
) -> HttpResponse | None:
    if action_type != "delete" or not any(isinstance(one, User) for one in objects):
        return None
    messages.error(request, "Les comptes ne se suppriment pas ici : désactivez-les.")
    return redirect("wagtailusers_users:index")
