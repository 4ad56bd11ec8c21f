from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "events"
    verbose_name = "Activités"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from wagtail.log_actions import registry

        from events.models import JournalEntry
        from events.models.journal import journalled

        for model in journalled():
            registry.register_model(model, JournalEntry)
