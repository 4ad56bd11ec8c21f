"""The organisation's sessions by month."""

from django.urls import path

from events.admin.pending import pending

session_urls = [path("calendrier/", pending, name="calendar")]
