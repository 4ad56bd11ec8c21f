from django.urls import path

from certificates.views import attendance, certificates

app_name = "certificates"
urlpatterns = [
    path("emargement/<int:pk>/clore/", attendance.close_sheet, name="close_sheet"),
    path("attestations/", certificates.verify, name="verify"),
    path("attestations/pdf/<str:token>/", certificates.download, name="download"),
    path("attestations/<str:number>/", certificates.certificate, name="certificate"),
]
