from django.apps import AppConfig


class CommonConfig(AppConfig):
    name = "common"
    verbose_name = "Socle"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.core.signals import request_finished
        from django.db.backends.signals import connection_created

        from common import checks, chooser_starts  # noqa: F401  # registers them
        from common.folding import teach_sqlite
        from common.page_generation import at_the_end, watch

        connection_created.connect(watch)
        request_finished.connect(at_the_end)
        chooser_starts.install()
        connection_created.connect(teach_sqlite)
