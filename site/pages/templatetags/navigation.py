"""The header's and the footer's links, asked once per page by ``base.html``."""

from django import template

from pages.domain import navigation

register = template.Library()
register.simple_tag(navigation.site_navigation, name="site_navigation")
