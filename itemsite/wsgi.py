"""What gunicorn runs."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from itemsite.bodies import require_whole_bodies
from itemsite.headers import add_security_headers
from itemsite.hosts import require_host

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "itemsite.settings")
application = add_security_headers(
    require_whole_bodies(require_host(get_wsgi_application())),
    https=settings.HTTPS,
    debug=settings.DEBUG,
)
