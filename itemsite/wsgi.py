"""What gunicorn runs."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from itemsite.middleware.host import require_host
from itemsite.middleware.request_body import require_whole_bodies
from itemsite.middleware.security_headers import add_security_headers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "itemsite.settings")
application = add_security_headers(
    require_whole_bodies(require_host(get_wsgi_application())),
    https=settings.HTTPS,
    debug=settings.DEBUG,
)
