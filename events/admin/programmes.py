"""Programmes: activities that are reported on together."""

from django.urls import URLPattern, path
from wagtail.admin.viewsets.base import ViewSet

from events.admin.pending import pending


class ProgrammeViewSet(ViewSet):
    name = "programmes"
    url_prefix = "programmes"

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", pending, name="index"),
            path("new/", pending, name="add"),
            path("edit/<int:pk>/", pending, name="edit"),
        ]


programme_viewset = ProgrammeViewSet()
