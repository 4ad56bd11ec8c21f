"""What the platform says of how it treats data: read once a request, by the pages that say it."""

from django import template
from django.template import Context

from members.domain.retention import policy
from members.models import RetentionPolicy

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
