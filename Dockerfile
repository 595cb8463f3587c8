# One image for every service of ours; docker-compose.yml says which command it runs.
#
# The tag names the patch release, so a rebuild next month gives the same Python. It is no
# digest on purpose: `docker compose build --pull` then still takes in the rebuilds that the
# base image's keepers make under that tag for security fixes of Debian's packages.
# 3.13 is Debian 13's own Python, which the tests also run on; slim, because no compiler is
# needed: every library in the lock file has a wheel.
FROM python:3.13.15-slim-trixie AS libraries
COPY requirements.lock /tmp/requirements.lock
# The environment itself gets no pip: what runs needs none.
RUN python -m venv --without-pip /opt/venv \
    && python -m pip --python /opt/venv/bin/python install \
        --no-cache-dir --disable-pip-version-check --no-input \
        --only-binary :all: --require-hashes --requirement /tmp/requirements.lock \
    && /opt/venv/bin/python -m compileall -q /opt/venv

FROM python:3.13.15-slim-trixie
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Srepok" \
    org.opencontainers.image.description="Watches a province's broadband and city sensors" \
    org.opencontainers.image.licenses="Apache-2.0" \
    org.opencontainers.image.version="${VERSION}" \
    org.opencontainers.image.revision="${REVISION}" \
    org.opencontainers.image.base.name="python:3.13.15-slim-trixie"

RUN groupadd --gid 10001 srepok \
    && useradd --uid 10001 --gid srepok --no-create-home --home-dir /nonexistent \
        --shell /usr/sbin/nologin srepok \
    # A fresh volume takes owner and mode of the directory that it is mounted on.
    && install --directory --owner 10001 --group 10001 --mode 0700 /var/lib/srepok

COPY --from=libraries /opt/venv /opt/venv
WORKDIR /srv/srepok
COPY province province
COPY runtime runtime
COPY ingest ingest
COPY rules rules
COPY gateway gateway
COPY simulators simulators
COPY dashboards dashboards
# Compiled here, because the root file system is read-only later.
RUN /opt/venv/bin/python -m compileall -q /srv/srepok

ENV PATH=/opt/venv/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
USER 10001:10001
# A service's command is what follows the interpreter, as in deploy/commands.py. What proves
# a service healthy depends on the service: the health checks are in docker-compose.yml.
ENTRYPOINT ["python"]
CMD ["--version"]
