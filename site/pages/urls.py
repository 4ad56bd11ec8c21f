"""Screens that need several apps; names without a namespace."""

from django.urls import include, path

from pages.views import api, mailbox, my_calendar, my_data, my_profile, my_space, style

urlpatterns = [
    path("api/v1/", include((api.router.get_urlpatterns(), "api"))),
    path("mon-espace/", my_space.my_space, name="my_space"),
    path("mon-espace/profil/", my_profile.my_profile, name="my_profile"),
    path("mon-espace/agenda/", my_calendar.my_calendar, name="my_calendar"),
    path("mon-espace/donnees/", my_data.my_data, name="my_data"),
    path("style/", style.style, name="style"),
    path("boite-aux-lettres/", mailbox.mailbox, name="mailbox"),
    path("boite-aux-lettres/<str:name>/", mailbox.mailbox_message, name="mailbox_message"),
]
