"""``common.moments`` in templates: ``{{ session.starts_at|day }}``, ``{% span starts_at ends_at %}``."""

from django import template

from common import moments

register = template.Library()
register.filter("hour", moments.hour)
register.filter("day", moments.day)
register.filter("date_text", moments.date_text)
register.filter("number", moments.number)
register.filter("moment", moments.moment)
register.filter("duration", moments.duration)
register.simple_tag(moments.hours, name="hours")
register.simple_tag(moments.span, name="span")
