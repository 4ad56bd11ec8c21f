"""What Wagtail and allauth serve, and to whom: every address of theirs, as the access matrix has ours.

A release that adds one fails until somebody has read it and says here whom it is for.
"""

from typing import Any

from tests.access_world import Place

# In the order of ACTORS, about a thing of A; each name is what the coordinators meet.
# Administrators only: the allow-list of members.middleware is shut.
CLOSED = "login 404 404 404 404 200"
CLOSED_NO = "login 404 404 404 404 405"
CLOSED_DONE = "login 404 404 404 404 302"
CLOSED_HOME = "login 404 404 404 404 home"
CLOSED_BREAKS = "login 404 404 404 404 500"
CLOSED_BAD = "login 404 404 404 404 400"
CLOSED_REFUSED = "login 404 404 404 404 403"
CLOSED_MADE = "login 404 404 404 404 201"

# There is no such thing, for anybody.
NOWHERE = "login 404 404 404 404 404"
ABSENT = "404 404 404 404 404 404"

# A thing of A: it does not exist for the coordinator of B.
A_ONLY = "login 404 404 200 404 200"
A_DONE = "login 404 404 302 404 302"
A_NO = "login 404 404 405 404 405"
A_HOME = "login 404 404 home 404 home"
A_HOME_DONE = "login 404 404 home 404 302"
A_BAD = "login 404 404 400 404 400"
UPLOAD_OF_A = "login 404 404 200 home home"

# No thing in the address: each sees their own, and the canary proves it.
EACH = "login 404 404 200 200 200"
EACH_NO = "login 404 404 405 405 405"
EACH_BAD = "login 404 404 400 400 400"
EACH_LED = "login 404 404 302 302 200"
EACH_OUT = "login 404 404 login login login"
ASSET = "200 404 404 200 200 200"
ASSET_NO = "405 404 404 405 405 405"

# The site and the sign-in pages.
ALL = "200 200 200 200 200 200"
ALL_LED = "302 302 302 302 302 302"
NO = "405 405 405 405 405 405"
MOVED = "301 301 301 301 301 301"
UNAUTHORISED = "401 401 401 401 401 401"
TO_LOGIN = "login login login login login login"
SIGN_IN = "200 302 302 302 302 302"
SIGN_OUT = "302 200 200 200 200 200"
OWN_LED = "login 302 302 302 302 302"
OWN = "login 200 200 200 200 200"
OWN_REFUSED = "login 403 403 403 403 403"
OWN_NO = "login 405 405 405 405 405"

WAGTAIL: dict[str, tuple[str, str]] = {
    "admin/login/": (SIGN_IN, SIGN_IN),
    "wagtailadmin_home": (EACH, EACH_NO),
    "admin/test404/": (CLOSED, CLOSED_NO),
    "wagtailadmin_api:pages:listing": (EACH, EACH_NO),
    "wagtailadmin_api:pages:detail": (A_ONLY, EACH_NO),
    "wagtailadmin_api:pages:find": (NOWHERE, CLOSED_NO),
    "wagtailadmin_api:pages:action": (CLOSED_NO, CLOSED_MADE),
    "wagtailadmin_api:documents:listing": (CLOSED, CLOSED_NO),
    "wagtailadmin_api:documents:detail": (CLOSED, CLOSED_NO),
    "wagtailadmin_api:documents:find": (NOWHERE, CLOSED_NO),
    "wagtailadmin_api:images:listing": (CLOSED, CLOSED_NO),
    "wagtailadmin_api:images:detail": (CLOSED, CLOSED_NO),
    "wagtailadmin_api:images:find": (NOWHERE, CLOSED_NO),
    # Breaks on purpose.
    "wagtailadmin_error_test": (CLOSED_BREAKS, CLOSED_BREAKS),
    "wagtailadmin_explore_root": (EACH_LED, EACH_NO),
    "wagtailadmin_explore": (A_ONLY, A_NO),
    "wagtailadmin_explore_results": (A_ONLY, A_NO),
    "wagtail_bulk_action": (NOWHERE, NOWHERE),
    "wagtailadmin_pages:add": (A_ONLY, A_BAD),
    "wagtailadmin_pages:preview_on_add": (A_ONLY, A_ONLY),
    "wagtailadmin_pages:type_use": (CLOSED, CLOSED_NO),
    "wagtailadmin_pages:choose_parent": (EACH_LED, EACH),
    "wagtailadmin_pages:type_use_results": (CLOSED, CLOSED_NO),
    "wagtailadmin_pages:usage": (A_ONLY, A_NO),
    "wagtailadmin_pages:edit": (A_ONLY, A_BAD),
    "wagtailadmin_pages:preview_on_edit": (A_ONLY, A_ONLY),
    "wagtailadmin_pages:view_draft": (A_ONLY, A_ONLY),
    "wagtailadmin_pages:add_subpage": (A_ONLY, A_NO),
    "wagtailadmin_pages:delete": (A_ONLY, A_DONE),
    "wagtailadmin_pages:unpublish": (A_HOME, A_HOME),
    "wagtailadmin_pages:convert_alias": (NOWHERE, NOWHERE),
    "wagtailadmin_pages:search": (EACH, EACH_NO),
    "wagtailadmin_pages:search_results": (EACH, EACH_NO),
    "wagtailadmin_pages:move": (A_ONLY, A_ONLY),
    "wagtailadmin_pages:move_confirm": (A_ONLY, A_DONE),
    "wagtailadmin_pages:set_page_position": (A_NO, A_ONLY),
    "wagtailadmin_pages:copy": (A_ONLY, A_BAD),
    "wagtailadmin_pages:workflow_action": (NOWHERE, NOWHERE),
    "wagtailadmin_pages:collect_workflow_action_data": (NOWHERE, NOWHERE),
    "wagtailadmin_pages:confirm_workflow_cancellation": (A_ONLY, A_ONLY),
    "wagtailadmin_pages:workflow_preview": (A_HOME, A_NO),
    "wagtailadmin_pages:set_privacy": (A_ONLY, A_ONLY),
    "wagtailadmin_pages:lock": (A_NO, A_HOME_DONE),
    "wagtailadmin_pages:unlock": (A_NO, A_HOME_DONE),
    "wagtailadmin_pages:revisions_index": (A_DONE, A_DONE),
    "wagtailadmin_pages:revisions_view": (A_ONLY, A_NO),
    "wagtailadmin_pages:revisions_revert": (A_ONLY, A_BAD),
    "wagtailadmin_pages:revisions_unschedule": (A_ONLY, A_DONE),
    "wagtailadmin_pages:revisions_compare": (A_ONLY, A_NO),
    "wagtailadmin_pages:workflow_history": (A_ONLY, A_NO),
    "wagtailadmin_pages:workflow_history_detail": (NOWHERE, A_NO),
    "wagtailadmin_pages:history": (A_ONLY, A_NO),
    "wagtailadmin_pages:history_results": (A_ONLY, A_NO),
    "wagtailadmin_choose_page": (EACH, EACH_NO),
    "wagtailadmin_choose_page_child": (A_ONLY, A_NO),
    "wagtailadmin_choose_page_search": (EACH, EACH_NO),
    "wagtailadmin_choose_page_chosen_multiple": (EACH, EACH_NO),
    "wagtailadmin_choose_page_external_link": (EACH, EACH),
    "wagtailadmin_choose_page_email_link": (EACH, EACH),
    "wagtailadmin_choose_page_phone_link": (EACH, EACH),
    "wagtailadmin_choose_page_anchor_link": (EACH, EACH),
    "wagtailadmin_tag_autocomplete": (CLOSED, CLOSED),
    "wagtailadmin_tag_model_autocomplete": (CLOSED, CLOSED),
    "wagtailadmin_collections:index": (CLOSED, CLOSED_NO),
    "wagtailadmin_collections:add": (CLOSED, CLOSED),
    "wagtailadmin_collections:edit": (CLOSED, CLOSED),
    "wagtailadmin_collections:delete": (CLOSED, CLOSED_REFUSED),
    "wagtailadmin_collections:set_privacy": (CLOSED, CLOSED),
    "wagtailadmin_workflows:index": (CLOSED, CLOSED_NO),
    "wagtailadmin_workflows:index_results": (CLOSED, CLOSED_NO),
    "wagtailadmin_workflows:add": (CLOSED, CLOSED),
    "wagtailadmin_workflows:enable": (CLOSED_NO, CLOSED_DONE),
    "wagtailadmin_workflows:disable": (CLOSED, CLOSED_DONE),
    "wagtailadmin_workflows:edit": (CLOSED, CLOSED),
    "wagtailadmin_workflows:usage": (CLOSED, CLOSED_NO),
    "wagtailadmin_workflows:usage_results": (CLOSED, CLOSED_NO),
    "admin/workflows/remove/<int:page_pk>/": (CLOSED_NO, CLOSED_DONE),
    "admin/workflows/remove/<int:page_pk>/<int:workflow_pk>/": (CLOSED_NO, CLOSED_DONE),
    "wagtailadmin_workflows:add_task": (NOWHERE, NOWHERE),
    "wagtailadmin_workflows:select_task_type": (CLOSED_DONE, CLOSED_DONE),
    "wagtailadmin_workflows:task_index": (CLOSED, CLOSED_NO),
    "wagtailadmin_workflows:task_index_results": (CLOSED, CLOSED_NO),
    "wagtailadmin_workflows:edit_task": (CLOSED, CLOSED),
    "wagtailadmin_workflows:disable_task": (CLOSED, CLOSED_DONE),
    "wagtailadmin_workflows:enable_task": (CLOSED_NO, CLOSED_DONE),
    "wagtailadmin_workflows:task_chooser": (CLOSED, CLOSED_NO),
    "wagtailadmin_workflows:task_chooser_results": (CLOSED, CLOSED_NO),
    "wagtailadmin_workflows:task_chooser_create": (CLOSED, CLOSED),
    "wagtailadmin_workflows:task_chosen": (CLOSED, CLOSED),
    "wagtailadmin_reports:locked_pages": (CLOSED, CLOSED_NO),
    "wagtailadmin_reports:locked_pages_results": (CLOSED, CLOSED_NO),
    "wagtailadmin_reports:workflow": (CLOSED, CLOSED_NO),
    "wagtailadmin_reports:workflow_results": (CLOSED, CLOSED_NO),
    "wagtailadmin_reports:workflow_tasks": (CLOSED, CLOSED_NO),
    "wagtailadmin_reports:workflow_tasks_results": (CLOSED, CLOSED_NO),
    "wagtailadmin_reports:site_history": (CLOSED, CLOSED_NO),
    "wagtailadmin_reports:site_history_results": (CLOSED, CLOSED_NO),
    "wagtailadmin_reports:aging_pages": (CLOSED, CLOSED_NO),
    "wagtailadmin_reports:aging_pages_results": (CLOSED, CLOSED_NO),
    "wagtailadmin_reports:page_types_usage": (CLOSED, CLOSED_NO),
    "wagtailadmin_reports:page_types_usage_results": (CLOSED, CLOSED_NO),
    "wagtailadmin_account": (EACH, EACH),
    "wagtailadmin_logout": (EACH_NO, EACH_OUT),
    "wagtailadmin_dismissibles": (EACH, EACH_NO),
    "wagtailadmin_editing_sessions:ping": (EACH_NO, A_ONLY),
    "wagtailadmin_editing_sessions:release": (EACH_NO, EACH),
    "wagtailadmin_block_preview": (NOWHERE, EACH_NO),
    "wagtailredirects:index": (CLOSED, CLOSED_NO),
    "wagtailredirects:index_results": (CLOSED, CLOSED_NO),
    "wagtailredirects:add": (CLOSED, CLOSED),
    "wagtailredirects:edit": (NOWHERE, NOWHERE),
    "wagtailredirects:delete": (NOWHERE, NOWHERE),
    "wagtailredirects:start_import": (CLOSED, CLOSED),
    # Wagtail's own, for an administrator who skips the first step.
    "wagtailredirects:process_import": (CLOSED_NO, CLOSED_BAD),
    "admin/settings/<slug:app_name>/<slug:model_name>/": (NOWHERE, NOWHERE),
    "admin/settings/<slug:app_name>/<slug:model_name>/<int:pk>/": (NOWHERE, NOWHERE),
    "wagtailsettings:preview_on_edit": (NOWHERE, NOWHERE),
    "wagtailembeds:chooser": (CLOSED, CLOSED),
    "wagtailembeds:chooser_upload": (CLOSED, CLOSED),
    "wagtaildocs:index": (EACH, EACH_NO),
    "wagtaildocs:index_results": (EACH, EACH_NO),
    "wagtaildocs:add": (EACH, EACH),
    "wagtaildocs:edit": (A_ONLY, A_ONLY),
    "wagtaildocs:delete": (A_ONLY, A_DONE),
    "wagtaildocs:add_multiple": (EACH, EACH_BAD),
    "wagtaildocs:edit_multiple": (A_NO, A_ONLY),
    "wagtaildocs:create_multiple_from_uploaded_document": (EACH_NO, NOWHERE),
    "wagtaildocs:delete_multiple": (A_NO, A_ONLY),
    "wagtaildocs:delete_upload_multiple": (EACH_NO, NOWHERE),
    "wagtaildocs:document_usage": (A_ONLY, A_NO),
    "wagtailimages:index": (EACH, EACH_NO),
    "wagtailimages:index_results": (EACH, EACH_NO),
    "wagtailimages:edit": (A_ONLY, A_ONLY),
    "wagtailimages:delete": (A_ONLY, A_DONE),
    "wagtailimages:url_generator": (NOWHERE, A_NO),
    "wagtailimages:url_generator_output": (NOWHERE, A_NO),
    "wagtailimages:preview": (A_ONLY, A_ONLY),
    "wagtailimages:add": (EACH, EACH),
    "wagtailimages:image_usage": (A_ONLY, A_NO),
    "wagtailimages:add_multiple": (EACH, EACH_BAD),
    "wagtailimages:edit_multiple": (A_NO, A_ONLY),
    "wagtailimages:create_multiple_from_uploaded_image": (EACH_NO, UPLOAD_OF_A),
    "wagtailimages:delete_multiple": (A_NO, A_ONLY),
    "wagtailimages:delete_upload_multiple": (EACH_NO, UPLOAD_OF_A),
    "wagtailsites:index": (CLOSED, CLOSED_NO),
    "wagtailsites:index_results": (CLOSED, CLOSED_NO),
    "wagtailsites:add": (CLOSED, CLOSED),
    "wagtailsites:edit": (CLOSED, CLOSED),
    "wagtailsites:delete": (CLOSED, CLOSED_DONE),
    "wagtailsites:history": (CLOSED, CLOSED_NO),
    "wagtailsites:history_results": (CLOSED, CLOSED_NO),
    "wagtailsites:usage": (CLOSED, CLOSED_NO),
    "wagtailsites:copy": (CLOSED, CLOSED),
    "wagtailusers_users:index": (CLOSED, CLOSED_NO),
    "wagtailusers_users:index_results": (CLOSED, CLOSED_NO),
    "wagtailusers_users:add": (CLOSED, CLOSED),
    "wagtailusers_users:edit": (CLOSED, CLOSED),
    "wagtailusers_users:delete": (CLOSED_DONE, CLOSED_DONE),
    "wagtailusers_users:history": (CLOSED, CLOSED_NO),
    "wagtailusers_users:history_results": (CLOSED, CLOSED_NO),
    "wagtailusers_users:usage": (CLOSED, CLOSED_NO),
    "wagtailusers_users:copy": (CLOSED, CLOSED),
    "wagtailusers_groups:index": (CLOSED, CLOSED_NO),
    "wagtailusers_groups:index_results": (CLOSED, CLOSED_NO),
    "wagtailusers_groups:add": (CLOSED, CLOSED),
    "wagtailusers_groups:edit": (CLOSED, CLOSED),
    "wagtailusers_groups:delete": (CLOSED, CLOSED_HOME),
    "wagtailusers_groups:history": (CLOSED, CLOSED_NO),
    "wagtailusers_groups:history_results": (CLOSED, CLOSED_NO),
    "wagtailusers_groups:usage": (CLOSED, CLOSED_NO),
    "wagtaildocs_chooser:choose": (EACH, EACH_NO),
    "wagtaildocs_chooser:choose_results": (EACH, EACH_NO),
    "wagtaildocs_chooser:chosen": (A_ONLY, A_NO),
    "wagtaildocs_chooser:chosen_multiple": (EACH, EACH_NO),
    "wagtaildocs_chooser:create": (EACH, EACH),
    "wagtailimages_chooser:choose": (EACH, EACH_NO),
    "wagtailimages_chooser:choose_results": (EACH, EACH_NO),
    "wagtailimages_chooser:chosen": (A_ONLY, A_NO),
    "wagtailimages_chooser:chosen_multiple": (EACH, EACH_NO),
    "wagtailimages_chooser:create": (EACH, EACH),
    "wagtailimages_chooser:select_format": (A_ONLY, A_ONLY),
    "wagtailadmin_sprite": (ASSET, ASSET),
    "wagtailadmin_login": (SIGN_IN, SIGN_IN),
    "wagtailadmin_password_reset": (ABSENT, ABSENT),
    "wagtailadmin_password_reset_done": (ABSENT, ABSENT),
    "wagtailadmin_password_reset_confirm": (ABSENT, ABSENT),
    "wagtailadmin_password_reset_complete": (ABSENT, ABSENT),
    "wagtailadmin_javascript_catalog": (ASSET, ASSET_NO),
    "admin/^.*/$": (NOWHERE, NOWHERE),
    "wagtaildocs_serve": (ALL, ALL),
    "wagtaildocs_authenticate_with_password": (ABSENT, ABSENT),
    "wagtailcore_authenticate_with_password": (ABSENT, ABSENT),
    "wagtailcore_login": (ALL, ALL),
    "wagtail_serve": (ALL, ALL),
}

ACCOUNTS: dict[str, tuple[str, str]] = {
    "account_login": (SIGN_IN, SIGN_IN),
    "account_logout": (SIGN_OUT, ALL_LED),
    "account_inactive": (ALL, NO),
    "account_signup": (SIGN_IN, SIGN_IN),
    "account_reauthenticate": (OWN_REFUSED, OWN_REFUSED),
    "account_email": (OWN, OWN_LED),
    "account_email_verification_sent": (OWN_LED, OWN_LED),
    "account_change_password": (OWN_LED, OWN_LED),
    "account_set_password": (OWN, OWN),
    "account_reset_password": (ALL, ALL),
    "account_confirm_login_code": (OWN_LED, OWN_LED),
    "account_reset_password_from_key_done": (ALL, NO),
    "account_reset_password_from_key": (ALL, ALL),
    "account_reset_password_done": (ALL, NO),
    "account_request_login_code": (SIGN_IN, SIGN_IN),
    "mfa_index": (OWN, OWN_NO),
    "mfa_authenticate": (OWN_LED, OWN_LED),
    "mfa_reauthenticate": (OWN_REFUSED, OWN_REFUSED),
    "mfa_activate_totp": (OWN, OWN),
    "mfa_deactivate_totp": (NOWHERE, NOWHERE),
    "mfa_view_recovery_codes": (NOWHERE, OWN_NO),
    "mfa_generate_recovery_codes": (OWN, OWN),
    "mfa_download_recovery_codes": (NOWHERE, NOWHERE),
    "mfa_list_webauthn": (OWN, OWN_NO),
    "mfa_add_webauthn": (OWN, OWN),
    "mfa_reauthenticate_webauthn": (OWN_REFUSED, OWN_REFUSED),
    "mfa_remove_webauthn": (NOWHERE, NOWHERE),
    "mfa_edit_webauthn": (NOWHERE, NOWHERE),
    "mfa_login_webauthn": (OWN_LED, OWN_LED),
    "socialaccount_login_cancelled": (ALL, NO),
    "socialaccount_login_error": (UNAUTHORISED, NO),
    "socialaccount_signup": (TO_LOGIN, TO_LOGIN),
    "socialaccount_connections": (OWN, OWN),
    "compte/social/login/cancelled/": (MOVED, MOVED),
    "compte/social/login/error/": (MOVED, MOVED),
    "compte/social/signup/": (MOVED, MOVED),
    "compte/social/connections/": (MOVED, MOVED),
    "openid_connect_login": (ABSENT, ABSENT),
    "openid_connect_callback": (ABSENT, ABSENT),
}

# Addresses without a name, and those that share one: known by their route.
PATHS = {
    "admin/login/": "/admin/login/",
    "admin/test404/": "/admin/test404/",
    "admin/^.*/$": "/admin/nulle-part/",
    "compte/social/login/cancelled/": "/compte/social/login/cancelled/",
    "compte/social/login/error/": "/compte/social/login/error/",
    "compte/social/signup/": "/compte/social/signup/",
    "compte/social/connections/": "/compte/social/connections/",
    "admin/workflows/remove/<int:page_pk>/": "/admin/workflows/remove/1/",
    "admin/workflows/remove/<int:page_pk>/<int:workflow_pk>/": "/admin/workflows/remove/1/1/",
    "admin/settings/<slug:app_name>/<slug:model_name>/": "/admin/settings/pages/homepage/",
    "admin/settings/<slug:app_name>/<slug:model_name>/<int:pk>/": "/admin/settings/pages/homepage/1/",
}
IMAGES, DOCUMENTS = "wagtailimages", "wagtaildocs"


def kwargs_for(name: str, place: Place) -> dict[str, Any]:
    """What completes the address of a view that is not ours with this place's own things."""
    things = place.things
    page = {
        "page_id": things.draft.pk,
        "parent_page_id": place.page.pk,
        "page_to_move_id": things.draft.pk,
        "destination_id": place.page.pk,
        "revision_id": things.revision.pk,
        "revision_id_a": "earliest",
        "revision_id_b": "latest",
        "pk": things.draft.pk,
        "content_type_app_name": "events",
        "content_type_model_name": "eventpage",
        "action_name": "copy" if name.startswith("wagtailadmin_api") else "approve",
    }
    files = {
        "image_id": things.image.pk,
        "document_id": things.document.pk,
        "doc_id": things.document.pk,
        "uploaded_file_id": things.uploaded.pk,
        "filter_spec": "max-165x165",
    }
    names = {
        "app_label": "common" if name == "wagtail_bulk_action" else "events",
        "model_name": "basepage" if name == "wagtail_bulk_action" else "eventpage",
        "app_name": "taggit",
        "action": "delete",
        "object_id": things.draft.pk,
        "provider_id": "inconnu",
        "uidb36": "1",
        "uidb64": "1",
        "key": "inconnue",
        "token": "inconnu",
    }
    numbers = dict.fromkeys(
        ("session_id", "task_state_id", "task_id", "workflow_state_id", "restriction_id", "redirect_id"), 1
    )
    numbers |= {"page_view_restriction_id": 1, "collection_id": things.collection.pk}
    return page | files | names | numbers | _key(name, place) | _tags(name)


def _tags(name: str) -> dict[str, str]:
    return {"model_name": "tag"} if name == "wagtailadmin_tag_model_autocomplete" else {}


def _key(name: str, place: Place) -> dict[str, Any]:
    """``pk`` is of another kind in each part of the admin."""
    things, space = place.things, name.rpartition(":")[0]
    if space.startswith(IMAGES) or space == "wagtailadmin_api:images":
        return {"pk": things.image.pk}
    if space.startswith(DOCUMENTS) or space == "wagtailadmin_api:documents":
        return {"pk": things.document.pk}
    table = {
        "wagtailadmin_collections": things.collection.pk,
        "wagtailusers_users": place.coordinator.pk,
        "wagtailusers_groups": place.organisation.group_id,
        "wagtailsites": 1,
        "wagtailadmin_workflows": 1,
    }
    return {"pk": table[space]} if space in table else {}
