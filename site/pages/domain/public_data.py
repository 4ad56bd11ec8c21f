"""What other programs may read of sessions, activities and organisations: what the public pages say.

Nobody's name, no link to join online. Rows come in lists: what goes with them takes one query for all.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Model, Prefetch, QuerySet
from django.urls import reverse
from django.utils import timezone

from common.visibility import open_to_all
from events.access import public_sessions
from events.domain.doors import door
from events.domain.mails import absolute
from events.domain.months import midnight
from events.models import ActivityPage, Session, Slot, Theme
from members.models import Organisation
from pages.models import OrganisationPage

Json = dict[str, Any]


def sessions(
    *,
    organisation: str = "",
    activity: int | None = None,
    theme: str = "",
    modality: str = "",
    after: date | None = None,
    before: date | None = None,
) -> QuerySet[Session]:
    """What is published, cancelled sessions included; without ``after``, only what is not over."""
    wanted: Json = {
        "activity__organisation__slug": organisation,
        "activity": activity,
        "activity__themes__slug": theme,
        "modality": modality,
        "ends_at__gte": midnight(after) if after else timezone.now(),
        "starts_at__date__lte": before,
    }
    found = public_sessions().filter(**{name: value for name, value in wanted.items() if value})
    slots = Prefetch("slots", Slot.objects.order_by("starts_at", "pk"))
    # Without a join, which would have SQLite begin with all activities.
    return (
        found.select_related(None)
        .prefetch_related("activity__organisation", slots)
        .order_by("starts_at", "pk")
    )


def published_sessions_ever() -> QuerySet[Session]:
    """Any one that was ever published, by its number."""
    return sessions(after=date(2000, 1, 1))


def activities(*, organisation: str = "", theme: str = "") -> QuerySet[ActivityPage]:
    found = open_to_all(ActivityPage.objects.select_related("organisation").order_by("path"))
    wanted = {"organisation__slug": organisation, "themes__slug": theme}
    return found.filter(**{name: value for name, value in wanted.items() if value})


def organisations() -> QuerySet[OrganisationPage]:
    return open_to_all(OrganisationPage.objects.select_related("organisation").order_by("path"))


def session_facts(rows: Sequence[Session]) -> list[Json]:
    themes = _themes([row.activity_id for row in rows])
    return [_session(row, themes.get(row.activity_id, [])) for row in rows]


def activity_facts(rows: Sequence[ActivityPage]) -> list[Json]:
    themes = _themes([row.pk for row in rows])
    return [_activity(row, themes.get(row.pk, [])) for row in rows]


def organisation_facts(rows: Sequence[OrganisationPage]) -> list[Json]:
    return [_organisation_page(row) for row in rows]


def _session(row: Session, themes: list[str]) -> Json:
    activity = row.activity
    return {
        "id": row.pk,
        "meta": _meta(row, "sessions", row.pk, absolute(reverse("events:session", args=[row.pk]))),
        "title": row.title,
        "activity": {"id": activity.pk, "title": activity.title},
        "organisation": _organisation(activity.organisation),
        "themes": themes,
        "status": row.status,
        "modality": row.modality,
        "starts_at": _iso(row.starts_at),
        "ends_at": _iso(row.ends_at),
        "slots": [
            {"starts_at": _iso(slot.starts_at), "ends_at": _iso(slot.ends_at), "label": slot.label}
            for slot in row.slots.all()
        ],
        "place": {
            "name": row.place_name,
            "address": row.address,
            "city": row.city,
            "department": row.department,
        },
        "audience": activity.audience,
        "seats": row.seats,
        "seats_left": row.seats_left,
        "registration": {
            "state": door(session=row),
            "opens_at": _iso(row.opens_at),
            "closes_at": _iso(row.closes_at),
        },
        "calendar_url": absolute(reverse("events:session_ics", args=[row.pk])),
    }


def _activity(row: ActivityPage, themes: list[str]) -> Json:
    return {
        "id": row.pk,
        "meta": _meta(row, "activities", row.pk, row.full_url),
        "title": row.title,
        "summary": row.summary,
        "audience": row.audience,
        "themes": themes,
        "organisation": _organisation(row.organisation),
        "calendar_url": absolute(reverse("events:feed_activity", args=[row.pk])),
    }


def _organisation_page(row: OrganisationPage) -> Json:
    organisation = row.organisation
    slug = [organisation.slug]
    return {
        "id": organisation.pk,
        "meta": _meta(organisation, "organisations", organisation.pk, row.full_url),
        **_organisation(organisation),
        "kind": organisation.kind,
        "city": organisation.city,
        "department": organisation.department,
        "summary": row.summary,
        "website": row.website,
        "calendar_url": absolute(reverse("events:feed_organisation", args=slug)),
        "embed_url": absolute(reverse("events:embed", args=slug)),
    }


def _organisation(organisation: Organisation) -> Json:
    return {"slug": organisation.slug, "name": organisation.name, "short_name": organisation.short_name}


def _meta(row: Model, endpoint: str, pk: int, html_url: str | None) -> Json:
    return {
        "type": f"{row._meta.app_label}.{row._meta.object_name}",
        "detail_url": absolute(reverse(f"api:{endpoint}:detail", args=[pk])),
        "html_url": html_url,
    }


def _themes(activities: Sequence[int]) -> dict[int, list[str]]:
    """The slugs of the themes of each activity."""
    found: dict[int, list[str]] = {}
    pairs = Theme.objects.filter(activities__in=set(activities)).order_by("name", "pk")
    for activity, slug in pairs.values_list("activities", "slug"):
        found.setdefault(activity, []).append(slug)
    return found


def _iso(moment: datetime | None) -> str | None:
    return timezone.localtime(moment).isoformat(timespec="minutes") if moment else None
