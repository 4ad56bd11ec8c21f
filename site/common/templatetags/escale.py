"""What our templates need besides ``common.moments``: date parts of a card, gauges, icons, the help line."""

from datetime import datetime, timedelta
from functools import cache
from typing import Protocol
from urllib.parse import urlsplit

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from common import moments
from common.context import HELP_LINE

register = template.Library()

WEEKDAYS = ("lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim.")
MONTHS = (
    "janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.",
)  # fmt: skip
HALF_A_YEAR = timedelta(days=180)


class Dated(Protocol):
    """A session or a slot."""

    starts_at: datetime
    ends_at: datetime


register.filter("french_date", moments.day)
register.filter("french_time", moments.hour)


@register.filter
def french_hours(dated: Dated) -> str:
    """« 19 h – 21 h »."""
    return f"{moments.hour(dated.starts_at)}{moments.NBSP}– {moments.hour(dated.ends_at)}"


@register.filter
def french_when(dated: Dated) -> str:
    """« jeudi 17 décembre 2026, de 19 h à 21 h », or from one day to another."""
    return moments.span(dated.starts_at, dated.ends_at)


@register.filter
def same_day(dated: Dated) -> bool:
    return timezone.localtime(dated.starts_at).date() == timezone.localtime(dated.ends_at).date()


@register.filter
def weekday_short(moment: datetime) -> str:
    return WEEKDAYS[timezone.localtime(moment).weekday()]


@register.filter
def day_number(moment: datetime) -> str:
    return str(timezone.localtime(moment).day)


@register.filter
def month_short(moment: datetime) -> str:
    return MONTHS[timezone.localtime(moment).month - 1]


@register.filter
def far_year(moment: datetime) -> str:
    """The year, when day and month alone could be taken for this year's."""
    year = timezone.localtime(moment).year
    return str(year) if year != timezone.localtime().year and moment - timezone.now() > HALF_A_YEAR else ""


@register.filter
def day_short(moment: datetime) -> str:
    """« 17 déc. »."""
    return f"{day_number(moment)}{moments.NBSP}{month_short(moment)}"


@register.filter
def is_future(moment: datetime) -> bool:
    return moment > timezone.now()


@register.filter
def percent_of(part: int, whole: int) -> int:
    """The length of a gauge, from 0 to 100; what has no place at all is full."""
    return max(0, min(100, round(100 * part / whole))) if whole else 100


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """A decorative icon; the words beside it carry the meaning."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("escale/icons.svg"),
        name,
    )


@register.simple_tag
def help_line() -> dict[str, str]:
    """The help line, also where no request is at hand (error pages)."""
    return HELP_LINE


@register.filter
def tel(number: str) -> str:
    """« 0608 282 589 » as a telephone dials it; short numbers stay."""
    digits = "".join(each for each in number if each in "+0123456789")
    return f"+33{digits[1:]}" if len(digits) == 10 and digits.startswith("0") else digits


@register.filter
def host(url: str) -> str:
    """Where a link leads: « association-mots.org »."""
    return (urlsplit(url).hostname or url).removeprefix("www.")
