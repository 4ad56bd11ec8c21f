"""What the platform says of how it treats data: read once a request, by the pages that say it."""

from typing import Any

from django import template
from django.template import Context

from members.domain.retention import policy
from members.models import RetentionPolicy
from pages.domain.standard_pages import standard_key
from pages.models import ContentPage, SiteSettings
from pages.texts import ACCESSIBILITY, PRIVACY

register = template.Library()

_READ = "_escale_retention"


@register.simple_tag(takes_context=True)
def retention(context: Context) -> RetentionPolicy:
    """How long each kind of data is kept, as administrators decided."""
    request = context.get("request")
    if request is None:
        return policy()
    if not hasattr(request, _READ):
        setattr(request, _READ, policy())
    found: RetentionPolicy = getattr(request, _READ)
    return found


@register.filter
def says_itself(page: Any) -> str:
    """What moves on a page that the law wants: « retention », « accessibility », or nothing."""
    live = {standard_key(PRIVACY.slug): "retention", standard_key(ACCESSIBILITY.slug): "accessibility"}
    return live.get(page.translation_key, "") if isinstance(page, ContentPage) else ""


@register.simple_tag
def site_settings() -> SiteSettings:
    return SiteSettings.objects.first() or SiteSettings()
