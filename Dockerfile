# Ride, for `docker build .`: the bot, `ride db`, and the engine's proxy are all this one image.
#
# Builds with BuildKit and with the classic builder. Where packages come from is the machine's own setting: pip's
# variables and a proxy's can be given with --build-arg.
ARG PYTHON_IMAGE=python:3.13-slim-bookworm

# The packages before the code: a change of the code alone builds in seconds, and adds little to what is stored.
FROM ${PYTHON_IMAGE} AS packages
ARG PIP_INDEX_URL
ARG PIP_TRUSTED_HOST
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /src
RUN python3 -m venv /opt/ride
ENV PATH=/opt/ride/bin:$PATH
COPY requirements.lock pyproject.toml ./
COPY .ci/runtime_lock.py .ci/
RUN python .ci/runtime_lock.py > runtime.lock \
    && pip install --require-hashes --no-deps --requirement runtime.lock

FROM packages AS build
RUN python .ci/runtime_lock.py setuptools > build.lock \
    && pip install --require-hashes --no-deps --requirement build.lock
COPY README.md LICENSE ./
COPY bot bot
COPY sandbox sandbox
COPY scenarios scenarios
COPY storage storage
RUN pip wheel --no-deps --no-build-isolation --wheel-dir /dist .

FROM ${PYTHON_IMAGE}
LABEL org.opencontainers.image.title="Ride" \
      org.opencontainers.image.description="A Slack incident simulator with a real PostgreSQL incident behind it" \
      org.opencontainers.image.licenses="MIT"
RUN groupadd --gid 10777 ride \
    && useradd --uid 10777 --gid 10777 --home-dir /var/lib/ride --no-create-home --shell /usr/sbin/nologin ride \
    && install -d -m 0750 -o ride -g ride /var/lib/ride \
    # A new volume takes the owner and the mode of the folder that it is mounted over.
    && install -d -m 0755 -o ride -g ride /run/ride \
    && install -d -m 0777 /run/engine
COPY --from=packages /opt/ride /opt/ride
COPY --from=build /dist /dist
RUN /opt/ride/bin/pip install --no-cache-dir --no-index --no-deps --disable-pip-version-check /dist/*.whl
ENV PATH=/opt/ride/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    MPLCONFIGDIR=/tmp/matplotlib \
    RIDE_DATA_FOLDER=/var/lib/ride \
    RIDE_OPERATIONS_ADDRESS=127.0.0.1:9464
WORKDIR /var/lib/ride
USER 10777:10777
HEALTHCHECK --interval=60s --timeout=10s --start-period=120s CMD ["ride", "health"]
ENTRYPOINT ["ride"]
CMD ["serve"]
