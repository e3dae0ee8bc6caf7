# itemsite in a container: docker build -t itemsite .
# It listens on port 8000 and needs DATABASE_URL and SECRET_KEY; docker-compose.yml brings both.

FROM python:3.11-slim
WORKDIR /app
ENV PYTHONUNBUFFERED=1
RUN useradd --uid 10001 --create-home itemsite

# A layer of its own, so that a change of code installs nothing anew. All of it comes as wheels,
# whose hashes bin/lock wrote down: what PyPI gives out must be what was tested.
COPY requirements.lock .
RUN PIP_ROOT_USER_ACTION=ignore pip install --no-cache-dir --disable-pip-version-check \
    --require-hashes --only-binary :all: -r requirements.lock

# The files stay root's: the process may read them and change none. A checkout under a strict
# umask would bring them unreadable for it, hence chmod. The key is for this one command.
COPY . .
RUN SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(50))')" \
    python manage.py collectstatic --noinput \
    && chmod -R a+rX .

USER 10001
ENV BIND=0.0.0.0
EXPOSE 8000

# /healthz, not /readyz: a new container mends no database. And no urllib: it would ask HTTP_PROXY.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD ["python", "-c", "\
import http.client, os, sys; \
site = http.client.HTTPConnection('127.0.0.1', int(os.environ.get('PORT', '8000')), timeout=2); \
site.request('GET', '/healthz'); \
sys.exit(site.getresponse().status != 200)"]

# gunicorn's heartbeat files belong in memory: on the container's disk a slow write kills a worker.
CMD ["gunicorn", "--worker-tmp-dir", "/dev/shm"]
