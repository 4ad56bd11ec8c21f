"""Sets of registration questions."""

from django.urls import URLPattern, path
from wagtail.admin.viewsets.base import ViewSet

from events.admin.pending import pending


class QuestionSetViewSet(ViewSet):
    name = "question_sets"
    url_prefix = "questions"

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", pending, name="index"),
            path("new/", pending, name="add"),
            path("edit/<int:pk>/", pending, name="edit"),
        ]


question_set_viewset = QuestionSetViewSet()
