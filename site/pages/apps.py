from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "pages"
    verbose_name = "Pages du site"
    default_auto_field = "django.db.models.BigAutoField"
