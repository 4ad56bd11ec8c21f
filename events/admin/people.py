"""Registrations: their list, and what the coordination decides about one."""

from django.urls import URLPattern, path
from wagtail.admin.viewsets.base import ViewSet

from events.admin.pending import pending


class RegistrationViewSet(ViewSet):
    name = "registrations"
    url_prefix = "inscriptions"

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", pending, name="index"),
            path("results/", pending, name="index_results"),
            path("<int:pk>/", pending, name="inspect"),
            path("session/<int:pk>/ajouter/", pending, name="add"),
            path("<int:pk>/valider/", pending, name="approve"),
            path("<int:pk>/refuser/", pending, name="decline"),
            path("<int:pk>/deplacer/", pending, name="move"),
            path("<int:pk>/promouvoir/", pending, name="promote"),
            path("<int:pk>/desister/", pending, name="withdraw"),
        ]


registration_viewset = RegistrationViewSet()
