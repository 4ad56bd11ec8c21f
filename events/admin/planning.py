"""Addresses of planning a season, and of copying a session or a season; « sessions » is their namespace."""

from django.urls import path

from events.admin.copying import CopySeasonPreviewView, CopySeasonView, CopySessionView
from events.admin.season import PlanPreviewView, PlanView

session_urls = [
    path("saison/", PlanView.as_view(), name="plan"),
    path("saison/apercu/", PlanPreviewView.as_view(), name="plan_preview"),
    path("saison/copier/", CopySeasonView.as_view(), name="copy_season"),
    path("saison/copier/apercu/", CopySeasonPreviewView.as_view(), name="copy_season_preview"),
    path("copier/<int:pk>/", CopySessionView.as_view(), name="copy"),
]
