"""The header's and the footer's links, the same on every page until something changes."""

from django import template

from common.page_generation import frames, kept
from pages.domain import navigation

register = template.Library()


@register.simple_tag
def site_navigation() -> navigation.Navigation:
    return kept("navigation", navigation.site_navigation, under=frames)
