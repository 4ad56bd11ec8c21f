"""Tables and sheets that leave the building."""

from django.urls import path

from events.admin.pending import pending

urlpatterns = [
    path("exports/", pending, name="export"),
    path("exports/emargement/<int:pk>.pdf", pending, name="sign_in_sheet"),
]
