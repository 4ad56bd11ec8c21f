"""Screens that need several apps; names without a namespace."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
