"""What the commands that work on one activity share."""

from django.core.management.base import CommandError

from events.models import ActivityPage


def activity_of_slug(slug: str) -> ActivityPage:
    """Slugs are unique below one organisation only: an ambiguous one is refused."""
    found = list(ActivityPage.objects.filter(slug=slug).select_related("organisation").order_by("pk")[:2])
    if not found:
        known = ", ".join(ActivityPage.objects.order_by("slug").values_list("slug", flat=True)[:20])
        raise CommandError(
            f"Aucun dispositif ne porte l’identifiant « {slug[:80]} ». Connus : {known or 'aucun'}."
        )
    if len(found) > 1:
        raise CommandError(f"Plusieurs dispositifs portent l’identifiant « {slug} ».")
    return found[0]
