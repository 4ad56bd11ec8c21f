from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "members"
    verbose_name = "Personnes et structures"
    default_auto_field = "django.db.models.BigAutoField"
