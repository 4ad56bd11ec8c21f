def session_calendar(*, session, method="PUBLISH", attendee=""):
    return ""
