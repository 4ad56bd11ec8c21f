"""Editing many sessions at once: choose, see what would change for whom, confirm."""

import hashlib
from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.views import View
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from common.errors import DomainError
from common.numbers import row_number
from events.admin.form_sections import mark_groups
from events.admin.scoping import CoordinatorMixin, OwnSessionsMixin
from events.domain.bulk_editing import MAX_SESSIONS, Edit, edit_many, plan_edits
from events.forms.bulk import EditManyForm
from events.forms.standing import in_words
from events.models import Session

CHANGED = "Une session a changé depuis l’aperçu : relisez-le, puis confirmez."


class EditManyView(CoordinatorMixin, OwnSessionsMixin, WagtailAdminTemplateMixin, View):
    http_method_names = ["get", "head", "options", "post"]
    template_name = "events/admin/edit_many.html"
    page_title = "Modifier ensemble"
    header_icon = "calendar-alt"

    def get(self, request: HttpRequest) -> HttpResponse:
        sessions = self._chosen(request.GET.getlist("pk") + request.GET.getlist("id"))
        if not sessions:
            return self._nothing_chosen()
        return self._page(EditManyForm(sessions=sessions, user=request.user), sessions)

    def post(self, request: HttpRequest) -> HttpResponse:
        sessions = self._chosen(request.POST.getlist("pk"))
        if not sessions:
            return self._nothing_chosen()
        form = EditManyForm(request.POST, sessions=sessions, user=request.user)
        if not form.is_valid():
            return self._page(form, sessions, status=422)
        try:
            edits = plan_edits(sessions=sessions, changes=form.changes())
        except DomainError as error:
            form.refuse(error)
            return self._page(form, sessions, status=422)
        seen = fingerprint(form.changes(), edits)
        if "action-confirm" not in request.POST:
            return self._page(form, sessions, edits)
        if request.POST.get("previewed") != seen:
            form.add_error(None, CHANGED)
            return self._page(form, sessions, edits, status=409)
        return self._confirm(form, sessions, edits)

    def _nothing_chosen(self) -> HttpResponse:
        messages.warning(self.request, "Cochez d’abord des sessions dans la liste.")
        return redirect("sessions:index")

    def _confirm(self, form: EditManyForm, sessions: Sequence[Session], edits: list[Edit]) -> HttpResponse:
        kept = [edit.session for edit in edits if not (edit.refusal or edit.is_void)]
        seen = {session.pk: session.version for session in kept}
        try:
            edit_many(sessions=kept, changes=form.changes(), seen=seen, by=self.request.user)  # type: ignore[arg-type]
        except DomainError as error:
            form.add_error(None, str(error))
            return self._page(form, sessions, edits, status=409)
        text = "Une session modifiée." if len(kept) == 1 else f"{len(kept)} sessions modifiées."
        messages.success(self.request, f"{text} {told(edits, future=False)}")
        return redirect("sessions:index")

    def _chosen(self, typed: list[str]) -> list[Session]:
        """One's own, in order of time; one that is not makes the address unknown."""
        keys = {row_number(key) for key in typed if key}
        if len(keys) > MAX_SESSIONS or None in keys:
            raise Http404
        own = self.own_rows().filter(pk__in=keys).prefetch_related("slots", "roles")
        sessions = list(
            own.select_related("activity__organisation", "question_set").order_by("starts_at", "pk")
        )
        if len(sessions) != len(keys):
            raise Http404
        return sessions

    def _page(
        self,
        form: EditManyForm,
        sessions: Sequence[Session],
        edits: Sequence[Edit] = (),
        status: int = 200,
    ) -> HttpResponse:
        for box, fields in form.groups:
            mark_groups([box, *fields])
        made = [edit for edit in edits if not (edit.refusal or edit.is_void)]
        context = self.get_context_data(
            form=form,
            sessions=sessions,
            made=[(edit, lines(edit, form)) for edit in made],
            void=[edit for edit in edits if edit.is_void and not edit.refusal],
            refused=[edit for edit in edits if edit.refusal],
            told=told(edits, future=True),
            previewed=bool(edits),
            fingerprint=fingerprint(form.changes(), edits) if edits else "",
        )
        return self.render_to_response(context, status=status)  # type: ignore[no-any-return]

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        above = {"url": reverse("sessions:index"), "label": "Sessions"}
        return [*self.breadcrumbs_items, above, {"url": "", "label": self.page_title}]


def lines(edit: Edit, form: EditManyForm) -> list[tuple[str, str, str]]:
    """What changes in one session: name of the field, before, after."""
    found = [
        (
            str(Session._meta.get_field(name).verbose_name).capitalize(),
            in_words(edit.session, name),
            in_words(edit.after, name),
        )
        for name in edit.changed
    ]
    if edit.roles:
        before = ", ".join(role.name for role in edit.session.roles.all()) or "personne"
        found.append(("Qui anime", before, form.cleaned_data["name"]))
    if edit.publishes:
        found.append(("État", "brouillon", "publiée"))
    return found


def told(edits: Sequence[Edit], *, future: bool) -> str:
    number = sum(edit.told for edit in edits if not edit.refusal)
    if not number:
        return "Aucun message ne part." if future else "Aucun message n’était à envoyer."
    if number == 1:
        return f"1 personne {'sera' if future else 'est'} prévenue par e-mail, une fois par session."
    return f"{number} personnes {'seront' if future else 'sont'} prévenues par e-mail, une fois par session."


def fingerprint(changes: dict[str, Any], edits: Sequence[Edit]) -> str:
    """What was shown: confirming anything else shows it first."""
    shown = [
        repr({name: getattr(value, "pk", value) for name, value in sorted(changes.items())}),
        *(f"{edit.session.pk}:{edit.session.version}:{edit.refusal}" for edit in edits),
    ]
    return hashlib.sha256("\n".join(shown).encode()).hexdigest()[:32]


session_urls = [path("ensemble/", EditManyView.as_view(), name="edit_many")]
