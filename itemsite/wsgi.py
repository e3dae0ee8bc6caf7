"""The WSGI application that gunicorn runs."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from itemsite.middleware.proxy_scheme import read_proxy_scheme
from itemsite.middleware.security_headers import add_security_headers
from itemsite.middleware.strict_http import require_strict_http

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "itemsite.settings")
application = add_security_headers(
    require_strict_http(read_proxy_scheme(get_wsgi_application())), debug=settings.DEBUG
)
