"""From bin/serve to gunicorn."""
