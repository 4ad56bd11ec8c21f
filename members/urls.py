"""Beside allauth's pages; names without a namespace, as theirs."""

from django.urls import path

from members import views

urlpatterns = [
    path("deuxieme-facteur/", views.second_factor, name="second_factor"),
    path("deconnexion-partout/", views.sign_out_everywhere, name="sign_out_everywhere"),
]
