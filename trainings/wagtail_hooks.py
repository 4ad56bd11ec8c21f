"""What trainings add to the Wagtail admin."""

from django.urls import URLPattern, reverse
from wagtail import hooks

from events.models import ActivityPage
from trainings.admin import parts, referents, settings
from trainings.models import TrainingPage

# Before certificates: what somebody completed comes before the documents of it.
hooks.register("escale_session_parts", parts.of_session, order=-1)
hooks.register("escale_registration_parts", parts.of_registration, order=-1)


@hooks.register("escale_activity_places")
def settings_of_trainings(activity: ActivityPage) -> list[tuple[str, str, str]]:
    """Label, address and icon, beside the settings of the activity."""
    if activity.specific_class is not TrainingPage:
        return []
    return [("Régler la formation", reverse("training_settings", args=[activity.pk]), "cog")]


@hooks.register("register_admin_urls")
def register_training_urls() -> list[URLPattern]:
    return [*settings.urlpatterns, *referents.urlpatterns]
