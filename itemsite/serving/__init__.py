"""The start of the site, from bin/serve to gunicorn."""
