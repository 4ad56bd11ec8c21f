from django.urls import path

from certificates.views import assessment, attendance, certificates, convocation, correcting

app_name = "certificates"
urlpatterns = [
    path("emargement/<int:pk>/clore/", attendance.close_sheet, name="close_sheet"),
    path("emargement/<int:pk>/corriger/", correcting.correct_sheet, name="correct_sheet"),
    path("animation/<int:pk>/evaluation/", assessment.assessment, name="assessment"),
    path("inscriptions/<str:token>/convocation.pdf", convocation.convocation, name="convocation"),
    path("attestations/", certificates.verify, name="verify"),
    path("attestations/fichier/", certificates.compare, name="compare"),
    path("attestations/pdf/<str:token>/", certificates.download, name="download"),
    path("attestations/<str:number>/", certificates.certificate, name="certificate"),
]
