from django.urls import path

from events.views import attendance, calendar, registration, session, survey, trainer

app_name = "events"
urlpatterns = [
    path("calendrier/", calendar.calendar, name="calendar"),
    path("sessions/<int:pk>/", session.session, name="session"),
    path("sessions/<int:pk>/inscription/", registration.register, name="register"),
    path("sessions/<int:pk>/inscription/merci/", registration.registered, name="registered"),
    path("sessions/<int:pk>/session.ics", session.session_ics, name="session_ics"),
    path("inscriptions/<str:token>/", registration.registration, name="registration"),
    path("inscriptions/<str:token>/desistement/", registration.withdraw, name="withdraw"),
    path("inscriptions/<str:token>/accepter/", registration.accept_offer, name="accept_offer"),
    path("inscriptions/<str:token>/decliner/", registration.decline_offer, name="decline_offer"),
    path("animation/", trainer.led_sessions, name="led_sessions"),
    path("animation/<int:pk>/", trainer.attendees, name="attendees"),
    *(
        path(
            f"animation/<int:pk>/participants.{ending}",
            trainer.attendees_file,
            {"file_type": ending},
            name=f"attendees_{ending}",
        )
        for ending in ("csv", "xlsx", "pdf")
    ),
    path("emargement/<int:pk>/", attendance.attendance, name="attendance"),
    path("emargement/<int:pk>/presences/", attendance.mark, name="mark"),
    path("emargement/<int:pk>/sans-inscription/", attendance.walk_in, name="walk_in"),
    path("avis/merci/", survey.survey_thanks, name="survey_thanks"),
    path("avis/<str:token>/", survey.survey, name="survey"),
]
