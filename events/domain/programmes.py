"""Programmes: activities of one organisation that are reported on together. They hold no people."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from wagtail.log_actions import log

from common.errors import DomainError
from common.versions import raise_version
from events.models import ActivityPage, Programme
from members.models import Organisation, User


def save_programme(
    *, programme: Programme, activities: Iterable[ActivityPage], seen: int | None, by: User | None
) -> Programme:
    """Create ``programme``, or rename it and change what it gathers.

    ``seen`` is the version that the form showed: ``StaleError`` when somebody else saved since.
    """
    chosen = sorted({activity.pk for activity in activities})
    programme.name = " ".join(programme.name.split())
    with transaction.atomic():
        # Held so that two programmes of one name are refused in words.
        Organisation.objects.select_for_update(no_key=True).get(pk=programme.organisation_id)
        before = _hold(programme, seen, by) if programme.pk else None
        _check(programme, chosen)
        programme.save()
        programme.activities.set(chosen)
        after = {"name": programme.name, "activities": chosen}
        log(
            instance=programme,
            action="escale.edit_programme" if before else "escale.create_programme",
            user=by,
            data={"before": before, "after": after},
        )
    return programme


def delete_programme(*, programme: Programme, by: User | None) -> None:
    """The activities and their figures stay; only their gathering goes."""
    with transaction.atomic():
        log(instance=programme, action="escale.delete_programme", user=by, data={"before": _facts(programme)})
        programme.delete()


def _hold(programme: Programme, seen: int | None, by: User | None) -> dict[str, Any]:
    stored = Programme.objects.select_for_update(no_key=True, of=("self",)).get(pk=programme.pk)
    before = _facts(stored)
    for name in raise_version(stored=stored, seen=seen, by=by):
        setattr(programme, name, getattr(stored, name))
    programme.organisation_id = stored.organisation_id
    return before


def _facts(programme: Programme) -> dict[str, Any]:
    return {
        "name": programme.name,
        "activities": list(programme.activities.order_by("pk").values_list("pk", flat=True)),
    }


def _check(programme: Programme, chosen: list[int]) -> None:
    if not programme.name:
        raise DomainError("Donnez un nom à ce programme.", field="name")
    if not chosen:
        raise DomainError("Cochez au moins un dispositif.", field="activities")
    own = ActivityPage.objects.filter(pk__in=chosen, organisation=programme.organisation_id)
    if own.count() < len(chosen):
        raise DomainError("Un programme réunit des dispositifs d’une même structure.", field="activities")
    same = Programme.objects.filter(organisation=programme.organisation_id, name__iexact=programme.name)
    if same.exclude(pk=programme.pk).exists():
        raise DomainError("Un programme de la structure porte déjà ce nom.", field="name")
