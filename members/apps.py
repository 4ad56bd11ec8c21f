from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "members"
    verbose_name = "Personnes et structures"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from members import receivers  # noqa: F401 allauth's signals reach them
