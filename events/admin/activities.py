"""The organisation's activities with their settings."""

from django.urls import path

from events.admin.pending import pending

urlpatterns = [
    path("dispositifs/", pending, name="activities"),
    path("dispositifs/<int:pk>/reglages/", pending, name="activity_settings"),
]
