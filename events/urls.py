from django.urls import path

from events.views import calendar, registration, session

app_name = "events"
urlpatterns = [
    path("calendrier/", calendar.calendar, name="calendar"),
    path("sessions/<int:pk>/", session.session, name="session"),
    path("sessions/<int:pk>/inscription/", registration.register, name="register"),
    path("sessions/<int:pk>/inscription/merci/", registration.registered, name="registered"),
    path("sessions/<int:pk>/session.ics", session.session_ics, name="session_ics"),
    path("inscriptions/<str:token>/", registration.registration, name="registration"),
    path("inscriptions/<str:token>/desistement/", registration.withdraw, name="withdraw"),
]
