"""Editing many sessions at once."""

from django.urls import path

from events.admin.pending import pending

session_urls = [path("ensemble/", pending, name="edit_many")]
