"""The WSGI application, as granian serves it."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gewerk.config.settings")

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
