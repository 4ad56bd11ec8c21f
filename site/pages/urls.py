"""Screens that need several apps; names without a namespace."""

from django.urls import path

from pages.views import mailbox, my_space

urlpatterns = [
    path("mon-espace/", my_space.my_space, name="my_space"),
    path("boite-aux-lettres/", mailbox.mailbox, name="mailbox"),
    path("boite-aux-lettres/<str:name>/", mailbox.mailbox_message, name="mailbox_message"),
]
