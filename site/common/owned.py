"""What somebody puts into a page must be theirs to use: images, documents, and pages that are not public.

Choosers already offer nothing else; a form posted by hand could name anything.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model, Q
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.blocks.stream_block import StreamBlockValidationError, StreamValue
from wagtail.documents import get_document_model
from wagtail.fields import StreamField
from wagtail.images import get_image_model
from wagtail.permissions import policy_registry

from common.models import BasePage

NOT_YOURS = "Une image, un document ou une page choisis ici n’existent pas, ou ne sont pas à votre structure."
KEEP = {"add", "change", "delete", "choose"}

Named = set[tuple[type[Model], str]]


class OwnThingsForm(WagtailAdminPageForm):
    """A page's form; what the page already shows may stay, whoever edits it."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if self.for_user is None or self.for_user.is_superuser:
            return cleaned
        before = self.instance.__class__.objects.filter(pk=self.instance.pk).first()
        for name, value in list(cleaned.items()):
            known = _named(before, name, getattr(before, name)) if before else set()
            if not all(_is_own(self.for_user, *each) for each in _named(self.instance, name, value) - known):
                self.add_error(name, _refusal(value))
        return cleaned


def _refusal(value: Any) -> ValidationError:
    """A body tells only its own kind of error."""
    error = ValidationError(NOT_YOURS)
    return StreamBlockValidationError(non_block_errors=[error]) if isinstance(value, StreamValue) else error


def _named(page: Any, name: str, value: Any) -> Named:
    """What a field's value refers to."""
    shared = (get_image_model(), get_document_model(), BasePage)
    field = next((each for each in page._meta.get_fields() if each.name == name), None)
    if isinstance(field, StreamField) and value is not None:
        found = value.stream_block.extract_references(value)
        return {(model, str(key)) for model, key, *_ in found if issubclass(model, shared)}
    if isinstance(value, shared):
        return {(type(value), str(value.pk))}
    return set()


def _is_own(user: Any, model: type[Model], key: str) -> bool:
    policy = policy_registry.get_by_type(BasePage if issubclass(model, BasePage) else model)
    if issubclass(model, BasePage):
        own = policy.explorable_instances(user).values("pk")
        return BasePage.objects.filter(Q(pk__in=own) | Q(live=True), pk=key).exists()
    return bool(policy.instances_user_has_any_permission_for(user, KEEP).filter(pk=key).exists())
