"""Django's settings, derived from ``installation()``."""

import os
from pathlib import Path
from urllib.parse import urlsplit

import gewerk_ui
from csp.constants import NONCE, SELF
from django.utils.translation import gettext_lazy as _

from gewerk.config.databases import database
from gewerk.config.installation import installation

_installation = installation()
_server = Path(__file__).resolve().parent.parent
_base = urlsplit(_installation.base_url)
_https = _base.scheme == "https"

SECRET_KEY = _installation.secret("secret_key")
DEBUG = _installation.debug
ALLOWED_HOSTS = [
    h for h in ("localhost", "127.0.0.1", "[::1]", _base.hostname, *_installation.allowed_hosts.split(",")) if h
]
CSRF_TRUSTED_ORIGINS = [f"{_base.scheme}://{_base.netloc}"]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_cotton",
    "gewerk.journal",
    "gewerk.identity",
    "gewerk.files",
    "gewerk.catalogue",
    "gewerk.firms",
    "gewerk.portfolio",
    "gewerk.tickets",
    "gewerk.projects",
    "gewerk.marketplace",
    "gewerk.scheduling",
    "gewerk.outreach",
    "gewerk.entrypoints.web",
    "gewerk.entrypoints.api",
    "gewerk.entrypoints.cli",
]

MIDDLEWARE = [
    "gewerk.entrypoints.web.middleware.RequestId",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "gewerk.entrypoints.web.middleware.ActingPerson",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "gewerk.entrypoints.web.account.last_seen.LastSeen",
    "gewerk.entrypoints.web.middleware.OneTransaction",
    "gewerk.entrypoints.web.refusals.Refusals",
]

ROOT_URLCONF = "gewerk.entrypoints.urls"
WSGI_APPLICATION = "gewerk.entrypoints.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [_server / "entrypoints/web/templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": [
                "django_cotton.templatetags.cotton",
                "gewerk.entrypoints.web.components",
                "django.templatetags.i18n",
                "django.templatetags.static",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "gewerk.entrypoints.web.shell.shell",
            ],
        },
    }
]
COTTON_DIR = "cotton"

DATABASES = {"default": database(_installation.database_url, _installation.data.resolve())}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Rate limits count across processes, hence in the database.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "gewerk_cache",
        # Many addresses must not push each other's counters out.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

AUTH_USER_MODEL = "identity.Person"
AUTHENTICATION_BACKENDS = ["gewerk.entrypoints.web.account.backend.Backend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "last_name")},
    },
]
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/login/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_ADAPTER = "gewerk.entrypoints.web.accounts.NoSignup"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_FORMS = {
    "login": "gewerk.entrypoints.web.account.forms.PasswordLogin",
    "reauthenticate": "gewerk.entrypoints.web.account.forms.PasswordAgain",
}
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/300s/key",
    "login_link": "20/m/ip,3/900s/key",
    "reauthenticate": "10/m/user",
    "join_firm": "10/h/ip,3/h/key",
    "join_owner": "10/h/ip,3/h/key",
    # Damage is reported without a login: per address, and per link or report.
    "report_send": "20/h/ip,200/d/key",
    "report_photo": "200/h/ip",
    "status_write": "60/h/ip,60/h/key",
    # A firm's quotes and questions, an owner's answer: by login or by link.
    "quote_write": "300/h/ip,120/h/key",
}
MFA_ADAPTER = "gewerk.entrypoints.web.accounts.SealedFactors"
MFA_FORMS = {
    "authenticate": "gewerk.entrypoints.web.account.forms.CodeLogin",
    "reauthenticate": "gewerk.entrypoints.web.account.forms.CodeAgain",
    "activate_totp": "gewerk.entrypoints.web.account.forms.ActivateApp",
    "add_webauthn": "gewerk.entrypoints.web.account.forms.AddPasskey",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not _https
MFA_TOTP_ISSUER = "Gewerk"
USERSESSIONS_TRACK_ACTIVITY = True

SESSION_ENGINE = "gewerk.entrypoints.web.account.sessions"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
SESSION_COOKIE_NAME = "gewerk_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
CSRF_COOKIE_HTTPONLY = True
CSRF_USE_SESSIONS = False
CSRF_FAILURE_VIEW = "gewerk.entrypoints.web.refusals.form_expired"
SECURE_HSTS_SECONDS = 31536000 if _https else 0
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
if _installation.trust_proxy:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = 1
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", *([_installation.tile_origin] if _installation.tile_origin else [])],
        "frame-ancestors": ["'none'"],
        # Opening the connector is a form that leads there.
        "form-action": [SELF, *([_installation.connector_url] if _installation.connector_url else [])],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
    }
}

LANGUAGE_CODE = _installation.language
LANGUAGES = [("de", _("German")), ("en", _("English"))]
LOCALE_PATHS = sorted(str(p) for p in _server.rglob("locale"))
USE_I18N = True
USE_TZ = True
FORMAT_MODULE_PATH = ["gewerk.config.formats"]
TIME_ZONE = "Europe/Berlin"

STATIC_URL = "/static/"
STATICFILES_DIRS = [Path(gewerk_ui.__file__).parent / "static"]
STATIC_ROOT = _installation.data.resolve() / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Photos, videos, documents (``gewerk.files``): below MEDIA_ROOT; never served by address, only through a door that asks.
    "files": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = DEBUG or bool(os.environ.get("GEWERK_STATIC_FROM_SOURCE"))
WHITENOISE_MANIFEST_STRICT = False
if WHITENOISE_USE_FINDERS:
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
MEDIA_ROOT = _installation.data.resolve() / "files"

DATA_UPLOAD_MAX_MEMORY_SIZE = _installation.upload_limit_mb * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = _installation.mail_from

# Only method, path without query and status go to the log: no names, no addresses, no secrets.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "gewerk.config.log_lines.PlacesOnly",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "gewerk": {"level": "INFO"},
        "django.request": {"level": "ERROR"},
        # Anybody can cause one; it is answered with 400 and is no fault of ours.
        "django.security.DisallowedHost": {"handlers": [], "propagate": False},
    },
}
