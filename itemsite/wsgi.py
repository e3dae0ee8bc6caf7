"""What gunicorn runs."""

import os

from django.core.wsgi import get_wsgi_application

from itemsite.bodies import require_whole_bodies

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "itemsite.settings")
application = require_whole_bodies(get_wsgi_application())
