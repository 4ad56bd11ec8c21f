from django.apps import AppConfig


class CommonConfig(AppConfig):
    name = "common"
    verbose_name = "Socle"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.db.backends.signals import connection_created

        from common import checks, chooser_starts  # noqa: F401  # registers them
        from common.folding import teach_sqlite
        from common.page_generation import watch

        connection_created.connect(watch)
        chooser_starts.install()
        connection_created.connect(teach_sqlite)
