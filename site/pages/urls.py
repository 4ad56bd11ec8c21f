"""Screens that need several apps; names without a namespace."""

from django.urls import include, path

from pages.views import (
    api,
    crawlers,
    mailbox,
    media,
    my_calendar,
    my_data,
    my_profile,
    my_space,
    operations,
    search,
    style,
)

urlpatterns = [
    path("api/v1/", include((api.router.get_urlpatterns(), "api"))),
    path("mon-espace/", my_space.my_space, name="my_space"),
    path("mon-espace/profil/", my_profile.my_profile, name="my_profile"),
    path("mon-espace/agenda/", my_calendar.my_calendar, name="my_calendar"),
    path("mon-espace/donnees/", my_data.my_data, name="my_data"),
    path("mon-espace/donnees/accords/", my_data.my_consents, name="my_consents"),
    path("mon-espace/donnees/copie/", my_data.my_copy, name="my_copy"),
    path("mon-espace/donnees/copie.json", my_data.my_copy_json, name="my_copy_json"),
    path("mon-espace/donnees/effacement/", my_data.my_erasure, name="my_erasure"),
    path("mon-espace/donnees/effacement/fait/", my_data.my_erased, name="my_erased"),
    path("mon-espace/donnees/reconnexion/", my_data.sign_in_again, name="sign_in_again"),
    path("media/images/<path:name>", media.image, name="media_image"),
    path("sante/vivant/", operations.alive, name="alive"),
    path("sante/pret/", operations.ready, name="ready"),
    path("metrics", operations.figures_text, name="metrics"),
    path("robots.txt", crawlers.robots, name="robots"),
    path("sitemap.xml", crawlers.sitemap, name="sitemap"),
    path("recherche/", search.search, name="site_search"),
    path("style/", style.style, name="style"),
    path("boite-aux-lettres/", mailbox.mailbox, name="mailbox"),
    path("boite-aux-lettres/<str:name>/", mailbox.mailbox_message, name="mailbox_message"),
]
