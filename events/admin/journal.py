"""Who did what, in the organisation."""

from django.urls import path

from events.admin.pending import pending

urlpatterns = [path("journal/", pending, name="journal")]
