"""Message rules, one-off messages, and the log of what was sent."""

from django.urls import URLPattern, path
from wagtail.admin.viewsets.base import ViewSet

from events.admin.pending import pending


class MessageRuleViewSet(ViewSet):
    name = "message_rules"
    url_prefix = "messages-programmes"

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", pending, name="index"),
            path("new/", pending, name="add"),
            path("edit/<int:pk>/", pending, name="edit"),
        ]


class MessageViewSet(ViewSet):
    name = "messages"
    url_prefix = "messages"

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", pending, name="index"),
            path("results/", pending, name="index_results"),
            path("<int:pk>/", pending, name="inspect"),
            path("<int:pk>/renvoyer/", pending, name="retry"),
            path("ecrire/<int:pk>/", pending, name="write"),
            path("session/<int:pk>/activer/", pending, name="resume"),
        ]


message_rule_viewset = MessageRuleViewSet()
message_viewset = MessageViewSet()
