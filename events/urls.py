from django.urls import path

from events.views import (
    attendance,
    calendar,
    consents,
    embedding,
    feeds,
    past,
    registration,
    remembered,
    session,
    several,
    sharing,
    survey,
    trainer,
)

app_name = "events"
urlpatterns = [
    path("calendrier/", calendar.calendar, name="calendar"),
    path("calendrier/passees/", past.past, name="past"),
    path("agendas/", feeds.subscribe, name="subscribe"),
    path("agendas/escale.ics", feeds.site_feed, name="feed"),
    path("agendas/structures/<slug:slug>.ics", feeds.organisation_feed, name="feed_organisation"),
    path("agendas/dispositifs/<int:pk>.ics", feeds.activity_feed, name="feed_activity"),
    path("agendas/personnels/<str:token>.ics", feeds.personal_feed, name="feed_personal"),
    path("integrer/<slug:slug>/", embedding.embed, name="embed"),
    path("sessions/<int:pk>/", session.session, name="session"),
    path("sessions/<int:pk>/inscription/", registration.register, name="register"),
    path("sessions/<int:pk>/inscription/merci/", registration.registered, name="registered"),
    path("sessions/<int:pk>/session.ics", session.session_ics, name="session_ics"),
    path("sessions/<int:pk>/partage.png", sharing.session_image, name="session_image"),
    path("inscriptions/plusieurs/", several.register_many, name="register_many"),
    path("inscriptions/plusieurs/merci/", several.registered_many, name="registered_many"),
    path("inscriptions/oublier/", remembered.forget, name="forget"),
    path("inscriptions/<str:token>/", registration.registration, name="registration"),
    path("inscriptions/<str:token>/desistement/", registration.withdraw, name="withdraw"),
    path("inscriptions/<str:token>/accords/", consents.consents, name="consents"),
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
