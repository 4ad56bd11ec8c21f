"""The organisation's sessions by month: a table of weeks, and the same month as a list of days."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.views import View
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import HeaderButton

from events.admin.scoping import CoordinatorMixin, OwnSessionsMixin
from events.domain.days_off import public_holiday, school_holiday
from events.domain.months import ONE_DAY, WEEKDAYS, midnight, month_of, neighbour, weeks_of
from events.models import Slot
from members.access import coordinated_organisations


@dataclass(frozen=True)
class Day:
    date: date
    in_month: bool
    is_today: bool
    public: str
    school: str
    slots: list[Slot] = field(default_factory=list)


class SessionCalendarView(CoordinatorMixin, OwnSessionsMixin, WagtailAdminTemplateMixin, View):
    """``?month=2026-12``; anything else is this month. ``?view=list`` shows the days with something only."""

    http_method_names = ["get", "head", "options"]
    template_name = "events/admin/session_calendar.html"
    page_title = "Calendrier"
    header_icon = "calendar-alt"

    def get(self, request: HttpRequest) -> HttpResponse:
        month = month_of(request.GET.get("month", ""))
        weeks = self._weeks(month)
        days = [day for week in weeks for day in week if day.in_month]
        context = self.get_context_data(
            month=month,
            before=neighbour(month, -1),
            after=neighbour(month, 1),
            this_month=timezone.localdate().replace(day=1),
            weekdays=WEEKDAYS,
            weeks=weeks,
            days=[day for day in days if day.slots or day.public],
            school=school_spans(days),
            only_list=request.GET.get("view") == "list",
            sessions=len({slot.session_id for day in days for slot in day.slots}),
        )
        return self.render_to_response(context)  # type: ignore[no-any-return]

    @property
    def header_buttons(self) -> list[HeaderButton]:
        return [
            HeaderButton("Liste des sessions", url=reverse("sessions:index"), icon_name="list-ul"),
            HeaderButton("Créer une session", url=reverse("sessions:add"), icon_name="plus"),
        ]

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        above = {"url": reverse("sessions:index"), "label": "Sessions"}
        return [*self.breadcrumbs_items, above, {"url": "", "label": self.page_title}]

    def _weeks(self, month: date) -> list[list[Day]]:
        weeks = weeks_of(month)
        slots = self._slots(weeks[0][0], weeks[-1][-1])
        zone, today = self._zone(), timezone.localdate()
        return [
            [
                Day(
                    day,
                    in_month=day.month == month.month,
                    is_today=day == today,
                    public=public_holiday(day),
                    school=school_holiday(day, zone=zone) or "",
                    slots=slots[day],
                )
                for day in week
            ]
            for week in weeks
        ]

    def _slots(self, first: date, last: date) -> dict[date, list[Slot]]:
        since, until = midnight(first), midnight(last + ONE_DAY)
        own = Slot.objects.filter(
            session__in=self.own_rows().values("pk"), starts_at__gte=since, starts_at__lt=until
        )
        found: dict[date, list[Slot]] = defaultdict(list)
        for slot in own.select_related("session__activity").order_by("starts_at", "pk"):
            found[timezone.localdate(slot.starts_at)].append(slot)
        return found

    def _zone(self) -> str:
        """Of the first organisation that one coordinates: a coordinator of two zones sees one of them."""
        zones = (
            coordinated_organisations(self.request.user).order_by("pk").values_list("school_zone", flat=True)
        )
        return zones.first() or "B"


def school_spans(days: list[Day]) -> list[str]:
    """« Vacances de Noël : du 19 au 31 décembre », within one month."""
    spans: list[tuple[str, list[date]]] = []
    for day in days:
        if day.school and spans and spans[-1][0] == day.school:
            spans[-1][1].append(day.date)
        elif day.school:
            spans.append((day.school, [day.date]))
    return [
        f"{name} : du {_number(found[0])} au {_number(found[-1])} {date_format(found[-1], 'F')}"
        if len(found) > 1
        else f"{name} : le {_number(found[0])} {date_format(found[0], 'F')}"
        for name, found in spans
    ]


def _number(day: date) -> str:
    return "1er" if day.day == 1 else str(day.day)


session_urls = [path("calendrier/", SessionCalendarView.as_view(), name="calendar")]
