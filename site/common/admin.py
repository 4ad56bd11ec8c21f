"""What our pages of the Wagtail admin share: fewer views than Wagtail's, and rows that the domain saves."""

from typing import Any, ClassVar

from django.db.models import Model
from django.forms.formsets import ORDERING_FIELD_NAME
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from wagtail.admin.ui.components import MediaContainer
from wagtail.admin.viewsets.model import ModelViewSet

from common.errors import DomainError


class TrimmedViewSet(ModelViewSet):
    """Wagtail's viewset with the views named in ``kept``: no address of another, and no link to it."""

    kept: ClassVar[frozenset[str]]
    add_to_reference_index = False
    copy_view_enabled = False
    search_backend_name = None

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        known = super().get_common_view_kwargs(**kwargs)
        unused = {f"{view}_url_name" for view in ("add", "edit", "delete", "history", "usage")} - {
            f"{view}_url_name" for view in self.kept
        }
        return {name: value for name, value in known.items() if name not in unused}

    def get_urlpatterns(self) -> list[URLPattern]:
        return [pattern for pattern in super().get_urlpatterns() if pattern.name in self.kept]


class SavesThroughTheDomain:
    """Adding and editing a row: what the domain refuses comes back with all that was typed."""

    request: HttpRequest
    error_message = "Rien n’est enregistré : corrigez ce qui est signalé plus bas."

    def save_row(self, form: Any) -> Model:
        raise NotImplementedError

    def refuse(self, form: Any, error: DomainError) -> str:
        """Say it in the form; returns the line above."""
        form.refuse(error)
        return str(error)

    def after(self, saved: Any) -> HttpResponse:
        raise NotImplementedError

    def form_valid(self, form: Any) -> HttpResponse:
        self.form = form
        try:
            saved = self.save_row(form)
        except DomainError as error:
            self.produced_error_code = "validation_error"
            self.produced_error_message = self.refuse(form, error)
            _order_all(form)
            return self.form_invalid(form)
        return self.after(saved)

    def form_invalid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        response.status_code = 422
        return response

    def get_side_panels(self) -> MediaContainer:
        return MediaContainer([])


def _order_all(form: Any) -> None:
    """Wagtail shows the rows of a valid form by their order, which a removed row need not have."""
    for formset in getattr(form, "formsets", {}).values():
        for row in formset.forms:
            row.cleaned_data.setdefault(ORDERING_FIELD_NAME, None)
