"""Escale's settings: one file, driven by the environment (see docs/deploiement.md)."""

import sys
from pathlib import Path

import environ

from common.database_waits import postgresql_waits
from common.file_places import places, s3_settings
from common.logs import JsonLines, QuietFormatter, is_worth_a_line
from common.patient_cache import patient

BASE_DIR = Path(__file__).resolve().parents[2]
VAR_DIR = BASE_DIR / "var"
VAR_DIR.mkdir(exist_ok=True)

env = environ.Env()

# --- Mode -------------------------------------------------------------------------------------
DEBUG = env.bool("DEBUG", default=False)
# The demo shows every sent message on a public page: never set it where real people register.
DEMO = env.bool("ESCALE_DEMO", default=False)
SECRET_KEY = env("SECRET_KEY", default="")
if not SECRET_KEY and (DEBUG or DEMO):
    SECRET_KEY = "demonstration-only-" + "0" * 50
BASE_URL = env("BASE_URL", default="http://localhost:8000").rstrip("/")
HTTPS = BASE_URL.startswith("https://")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = [BASE_URL]

# Which process this is: web, worker, clock, or a command. A visitor waits less long than a purge.
PROCESS = env(
    "ESCALE_PROCESS",
    default=(
        "web"
        if Path(sys.argv[0]).name in ("granian", "gunicorn")
        else {"db_worker": "worker", "run_due": "clock", "runserver": "web"}.get(
            "".join(sys.argv[1:2]), "command"
        )
    ),
)

INSTALLED_APPS = [
    "pages",
    "certificates",
    "trainings",
    "events",
    "members",
    "common",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "whitenoise.runserver_nostatic",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "common.watching.NamedRoute",
    "django.middleware.security.SecurityMiddleware",
    "common.policy.ContentPolicy",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "common.compression.TextCompression",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "common.middleware.BareAnswers",
    "django.middleware.csrf.CsrfViewMiddleware",
    "common.page_cache.PublicPages",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "common.refusals.Refusals",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "members.middleware.ForgettingBrowser",
    "members.middleware.SecondFactor",
    "members.middleware.RecentSignIn",
    "members.middleware.CoordinatorsDoors",
    "pages.middleware.OwnThings",
    "common.middleware.UnreadableValues",
    "common.middleware.ImpossibleNumbers",
    "common.middleware.BusyDatabase",
    "common.redirections.Redirections",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
FORM_RENDERER = "common.form_renderer.ShortRenderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["common.templatetags.french"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "common.context.site",
            ],
        },
    },
]

# --- Database ---------------------------------------------------------------------------------
# Seconds. A visitor who waits for a lock holds a thread that others need; jobs of the night may wait longer.
DB_LOCK_TIMEOUT = env.int("DB_LOCK_TIMEOUT", default=10 if PROCESS == "web" else 20)
DB_STATEMENT_TIMEOUT = env.int("DB_STATEMENT_TIMEOUT", default=30 if PROCESS == "web" else 0)
DB_IDLE_TIMEOUT = env.int("DB_IDLE_TIMEOUT", default={"web": 60, "command": 0}.get(PROCESS, 300))
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'escale.sqlite3'}")}
SQLITE = DATABASES["default"]["ENGINE"].endswith("sqlite3")
# Opening SQLite, with its settings and functions, costs as much as three statements. Two seconds spare nearly
# all of it, and what happens to the file (moved away, brought back) is still seen at once; « restore » asks
# for the processes to be stopped.
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=2 if SQLITE else 60)
if SQLITE:
    DATABASES["default"]["ENGINE"] = "common.sqlite3"  # Django's own, with a quicker wait for the lock
    # IMMEDIATE serialises writers instead of failing them, FULL keeps the last commit in a power
    # cut; measured: no "database is locked" with eight writing processes.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": DB_LOCK_TIMEOUT,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA mmap_size=134217728;"
            "PRAGMA journal_size_limit=27103364; PRAGMA cache_size=-20000;"
            "PRAGMA temp_store=MEMORY; PRAGMA secure_delete=ON;"
        ),
    }
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"]["OPTIONS"] = {
        "connect_timeout": 3,
        # A server that vanished is noticed, as one that refuses is.
        "keepalives_idle": 30,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 15_000,
        # The questions of common.prepared are planned once; 0 where a pooler changes connections under us.
        "prepare_threshold": 5 if env.bool("DB_PREPARED", default=True) else None,
        **postgresql_waits(
            lock=0 if PROCESS == "command" else DB_LOCK_TIMEOUT,
            statement=DB_STATEMENT_TIMEOUT,
            idle=DB_IDLE_TIMEOUT,
        ),
        **DATABASES["default"].get("OPTIONS", {}),
    }
# Written often, and shown on no public page: a write there lets kept pages be. Every other table makes
# them anew (common.page_generation). Renditions of pictures are made while a page is made.
TABLES_NO_PAGE_SHOWS = (
    *("account_emailaddress", "account_emailconfirmation", "mfa_authenticator"),
    *("socialaccount_socialaccount", "socialaccount_socialtoken"),
    *("auth_group", "auth_group_permissions", "auth_permission", "django_content_type"),
    *("django_migrations", "django_session", "django_tasks_database_dbtaskresult"),
    *("certificates_certificate", "certificates_certificatefile", "certificates_documentsettings"),
    *("certificates_documenttemplate", "certificates_issuebatch"),
    "events_attendance",  # pages count closed sheets, whose own table tells of each change
    *("events_answer", "events_attendeelink", "events_journalentry", "events_mailing", "events_message"),
    *("events_messagerule", "events_questionnaire", "events_sealedresponse", "events_signature"),
    *("events_sessiontally", "events_surveyinvitation", "events_surveyquestion", "events_surveytext"),
    "events_tallymark",
    *("members_consent", "members_membership", "members_user", "members_user_groups"),
    "members_user_user_permissions",
    *("trainings_assessment", "trainings_completion"),
    *("wagtailadmin_editingsession", "wagtailadmin_formstate", "wagtailimages_rendition"),
    "wagtailusers_userprofile",
    *("wagtailcore_modellogentry", "wagtailcore_pagelogentry", "wagtailcore_pagesubscription"),
    *("wagtailcore_referenceindex", "wagtailcore_revision", "wagtailcore_uploadedfile"),
)
# What a crowd writes: the menu, the fields of a form and the notice beside them tell nothing of it.
TABLES_NO_FRAME_SHOWS = ("events_registration", "events_session")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# « default » is shared by all processes, because rate limits live in it, and the word that says which
# public pages are still right. « pages » holds what is long to make; each process may have its own.
# Django's default of 300 entries forgets, among many visitors, whom it should slow down.
CACHES = {
    "default": patient(env.cache("CACHE_URL", default=f"filecache://{VAR_DIR / 'cache'}"), entries=5_000),
    "pages": patient(env.cache("PAGES_CACHE_URL", default="locmemcache://pages"), entries=500),
}
# Public pages as they leave, in the memory of each web process (common.kept_pages); 0 keeps none.
KEPT_PAGES_MB = env.int("KEPT_PAGES_MB", default=16)

TASKS = {
    "default": {
        "BACKEND": env("TASKS_BACKEND", default="django_tasks_db.DatabaseBackend"),
        "QUEUES": ["default"],
    }
}

# --- Language and time ------------------------------------------------------------------------
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français")]
TIME_ZONE = "Europe/Paris"
USE_I18N = True
USE_TZ = True

# --- People -----------------------------------------------------------------------------------
AUTH_USER_MODEL = "members.User"
# One backend: a second one would hash a wrong password twice.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "members.validators.StrongPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "my_space"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_ADAPTER = "members.adapters.AccountAdapter"
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False  # other browsers are signed out all the same
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "members.tokens.TokenGenerator"  # noqa: S105
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_FORMS = {
    "add_email": "members.forms.AddEmailForm",
    "change_password": "members.forms.ChangePasswordForm",
    "confirm_email_verification_code": "members.forms.ConfirmEmailVerificationCodeForm",
    "confirm_login_code": "members.forms.ConfirmLoginCodeForm",
    "login": "members.forms.LoginForm",
    "reauthenticate": "members.forms.ReauthenticateForm",
    "request_login_code": "members.forms.RequestLoginCodeForm",
    "reset_password": "members.forms.ResetPasswordForm",
    "reset_password_from_key": "members.forms.ResetPasswordKeyForm",
    "set_password": "members.forms.SetPasswordForm",
    "signup": "members.forms.SignupForm",
}
# Per address typed (« key »), few: nobody guesses, and nobody's mailbox is flooded. Per network address,
# many: a hospital has one for all its people.
ACCOUNT_RATE_LIMITS = {
    "login": "300/m/ip",
    "login_failed": "120/m/ip,10/5m/key",
    "mail_to_address": "5/10m/key",  # signing up, changing one's address
    "request_login_code": "120/m/ip,30/10m/key",  # and 5 from one network address: members.forms
    "reset_password": "120/m/ip,5/10m/key",
    "reset_password_from_key": "120/m/ip",
    "signup": "120/m/ip",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ADAPTER = "members.adapters.MFAAdapter"
MFA_RATE_LIMITS = {"webauthn_login": "120/m/ip"}
MFA_FORMS = {
    "activate_totp": "members.forms.ActivateTOTPForm",
    "add_webauthn": "members.forms.AddWebAuthnForm",
    "authenticate": "members.forms.AuthenticateForm",
    "edit_webauthn": "members.forms.EditWebAuthnForm",
    "reauthenticate": "members.forms.MFAReauthenticateForm",
}
MFA_TOTP_ISSUER = WAGTAIL_SITE_NAME = "Escale"
MFA_TOTP_TOLERANCE = 1  # a telephone whose clock is half a minute off
# Whoever works with other people's data uses a second factor (members.domain.second_factor). The demo,
# whose password is public, does without.
SECOND_FACTOR_REQUIRED = env.bool("SECOND_FACTOR_REQUIRED", default=not DEMO)

# Pro Santé Connect, the e-ID of health professionals: off unless configured (docs/deploiement.md).
PSC_CLIENT_ID = env("PSC_CLIENT_ID", default="")
PSC_SERVER_URL = env(
    "PSC_SERVER_URL",
    # The whole address: it is not where OpenID Connect would look for it.
    default="https://auth.esw.esante.gouv.fr/auth/realms/esante-wallet/.well-known/wallet-openid-configuration",
)
SOCIALACCOUNT_ADAPTER = "members.identity.IdentityAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_FORMS = {"signup": "members.forms.SocialSignupForm"}
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "psc",
                "name": "Pro Santé Connect",
                "client_id": PSC_CLIENT_ID,
                "secret": env("PSC_CLIENT_SECRET", default=""),
                "settings": {
                    "server_url": PSC_SERVER_URL,
                    "scope": ["openid", "scope_all"],
                    "auth_params": {"acr_values": "eidas1"},
                    "uid_field": "SubjectNameID",
                },
            }
        ]
        if PSC_CLIENT_ID
        else [],
    }
}

# Registration forms that one network address may post for one session in ten minutes: a hospital
# shares one address, a robot tries thousands.
REGISTRATIONS_PER_ADDRESS = env.int("REGISTRATIONS_PER_ADDRESS", default=200)
# Forms that may carry one e-mail address in a day: nobody floods a stranger's mailbox.
REGISTRATIONS_PER_MAILBOX = env.int("REGISTRATIONS_PER_MAILBOX", default=24)

# --- Sessions, cookies, headers ---------------------------------------------------------------
# Two weeks on one's telephone; other people's data ask again for a second factor after twelve hours.
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_ENGINE = "common.sessions"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
if HTTPS:  # a browser takes such a cookie from this very host only, over HTTPS, for all paths
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
# The default storage would write sentences that name people into a cookie of their own.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
# Probes and figures are asked from inside, without TLS (docs/surveiller.md).
SECURE_REDIRECT_EXEMPT = [r"^sante/", r"^metrics$"]
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    # Else all visitors share the proxy's address, hence one rate limit.
    ALLAUTH_TRUSTED_PROXY_COUNT = 1
# Personal links live in the path: they must not leave in a Referer.
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"  # the page preview of the Wagtail admin is an iframe
SILENCED_SYSTEM_CHECKS = ["security.W019"]  # asks for DENY
# A form that leads to another host: a browser asks the policy about the redirection too.
SIGN_IN_ORIGINS = env.list(
    "SIGN_IN_ORIGINS",
    # Where its description lies, and where it sends people to.
    default=["/".join(PSC_SERVER_URL.split("/")[:3]), "https://*.esante.gouv.fr"] if PSC_CLIENT_ID else [],
)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'", *SIGN_IN_ORIGINS],
        "frame-ancestors": ["'self'"],  # the page preview of the Wagtail admin
        "object-src": ["'none'"],
    }
}
# What Wagtail's own pages need besides: styles that its editor writes into the page, pictures shown
# before they are sent. No inline script: templates/wagtailadmin takes out the few that it has.
ADMIN_CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        **CONTENT_SECURITY_POLICY["DIRECTIVES"],
        "img-src": ["'self'", "data:", "blob:"],
        "style-src": ["'self'", "'unsafe-inline'"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

# --- Files ------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "site" / "static"]
STATIC_ROOT = env.path("STATIC_ROOT", default=str(VAR_DIR / "static"))
MEDIA_URL = "/media/"
MEDIA_ROOT = env.path("MEDIA_ROOT", default=str(VAR_DIR / "media"))
# Spreadsheets between their preview and their import: never served, deleted after.
IMPORTS_ROOT = env.path("IMPORTS_ROOT", default=str(VAR_DIR / "imports"))
# Whom a restored backup must forget again: numbers and instants (pages.domain.erasure_register).
ERASURES_FILE = env.path("ERASURES_FILE", default=str(VAR_DIR / "effacements.txt"))
PRIVATE_ROOT = env.path("PRIVATE_ROOT", default=str(VAR_DIR / "private"))
S3 = s3_settings(env)  # several machines: their files are in buckets (docs/capacite.md)
STORAGES = {
    **places(S3, private=PRIVATE_ROOT, imports=IMPORTS_ROOT),
    "staticfiles": {
        "BACKEND": env(
            "STATICFILES_BACKEND",
            default="whitenoise.storage.CompressedManifestStaticFilesStorage",
        )
    },
}

# Keys that seal documents (PAdES): <slug of the organisation>.p12; without them nothing is sealed.
SEALS_DIR = env("SEALS_DIR", default="")
SEALS_PASSPHRASE = env("SEALS_PASSPHRASE", default="")

# --- Mail -------------------------------------------------------------------------------------
EMAIL_CONFIG = env.email("EMAIL_URL", default="consolemail://")
globals().update(EMAIL_CONFIG)
# Seconds for each step with the mail server; a few mails of the account leave within a visit, which waits.
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", default=10)
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="Escale <ne-pas-repondre@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
MAILBOX_DIR = VAR_DIR / "mailbox"
if DEMO:
    # Every mail becomes a file that the demo's mailbox page shows.
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = MAILBOX_DIR

# --- Wagtail ----------------------------------------------------------------------------------
WAGTAIL_PAGE_MODEL = "common.BasePage"
WAGTAILADMIN_BASE_URL = BASE_URL
WAGTAILADMIN_LOGIN_URL = "account_login"
WAGTAIL_FRONTEND_LOGIN_URL = "/compte/login/"
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ALLOW_UNICODE_SLUGS = False  # « pause-a-lestuaire »: an address that survives mails and phones
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_I18N_ENABLED = False
WAGTAIL_DATE_FORMAT, WAGTAIL_DATETIME_FORMAT = "%d/%m/%Y", "%d/%m/%Y %H:%M"
WAGTAIL_USER_TIME_ZONES = [TIME_ZONE]  # one clock for all: the account offers no other
# Coordinators publish their own pages: nobody moderates them.
WAGTAIL_WORKFLOW_ENABLED = False
WAGTAILADMIN_COMMENTS_ENABLED = False
# Else an address typed by hand answers with the draft title of the page that it leads to, anybody's.
WAGTAILADMIN_EXTERNAL_LINK_CONVERSION = ""
WAGTAILIMAGES_IMAGE_FORM_BASE = "pages.forms.ImageForm"
WAGTAILDOCS_DOCUMENT_FORM_BASE = "pages.forms.DocumentForm"
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
# Wagtail would take any address without proof, hence the registrations that come to it later;
# allauth sends a code there first.
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAILUSERS_PASSWORD_ENABLED = False  # accounts need none: a code comes by e-mail
WAGTAILEMBEDS_FINDERS: list[dict[str, str]] = []
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "common.search"}}
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
WAGTAILAPI_LIMIT_MAX = 100
# A picture is drawn anew when it is sent (pages.domain.uploads): neither a drawing that runs, nor one
# whose few bytes unfold into more than a page of this machine's memory.
WAGTAILIMAGES_EXTENSIONS = ["gif", "jpg", "jpeg", "png", "webp"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 10 * 1024 * 1024
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 50_000_000
WAGTAILDOCS_SERVE_METHOD = "serve_view"  # never a redirection to where the file lies
WAGTAILDOCS_EXTENSIONS = ["pdf", "docx", "odt", "pptx", "odp", "xlsx", "ods", "csv"]

# --- Figures: what a program that watches may ask for, with this word (docs/surveiller.md) -------
METRICS_TOKEN = env("METRICS_TOKEN", default="")
METRICS_DIR = VAR_DIR / "metrics"

# --- Logs: what happened, never to whom ---------------------------------------------------------
LOG_FORMAT = env("LOG_FORMAT", default="line")  # or json
ACCESS_LOG = env.bool("ACCESS_LOG", default=False)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": QuietFormatter, "format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
        "json": {"()": JsonLines, "process": PROCESS},
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT, "filters": [is_worth_a_line]},
    },
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django.request": {"level": "ERROR"},  # pages that do not exist are no news
        # They write each path, and ours hold personal links.
        "django.server": {"level": "CRITICAL"},
        "django.security.csrf": {"level": "CRITICAL"},
        # They tell each step of each document.
        "fontTools": {"level": "WARNING"},
        "fido2": {"level": "WARNING"},  # it names each passkey
        "weasyprint": {"level": "WARNING"},
        "weasyprint.progress": {"level": "WARNING"},
    },
}
