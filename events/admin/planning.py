"""Planning a season, copying a session or a season."""

from django.urls import path

from events.admin.pending import pending

# Within the « sessions » namespace.
session_urls = [
    path("saison/", pending, name="plan"),
    path("saison/apercu/", pending, name="plan_preview"),
    path("saison/copier/", pending, name="copy_season"),
    path("copier/<int:pk>/", pending, name="copy"),
]
