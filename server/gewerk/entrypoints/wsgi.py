"""The WSGI application, as granian serves it."""

import gc
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gewerk.config.settings")

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

application = get_wsgi_application()

# Load every page and the API now, not with somebody's first request. What is loaded stays as long as the process does:
# the collector need not walk it with every batch of records (a fifth of an upsert's time).
assert get_resolver().url_patterns
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 10, 10)
