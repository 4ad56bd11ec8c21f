from allauth.account.views import LoginView
from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

# Errors that the database or the disk led to, wherever they were met, are a 503.
handler400 = "common.outages.bad_request"
handler500 = "common.outages.server_error"

urlpatterns = [
    path("admin/login/", LoginView.as_view()),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("compte/", include("members.urls")),
    path("compte/", include("allauth.urls")),
    path("", include("events.urls")),
    path("", include("certificates.urls")),
    path("", include("pages.urls")),
    path("", include(wagtail_urls)),
]
