# agescope without a window: cameras to numbers.
#
#   docker build -t agescope .
#   mkdir config && docker run --rm agescope cameras --example > config/cameras.toml
#   docker run -d --restart always --read-only --tmpfs /tmp --memory-swappiness 0 \
#     -v ./config:/config:ro -v agescope:/data \
#     -e ENTRANCE_PASSWORD -p 127.0.0.1:9090:9090 -e AGESCOPE_METRICS_TOKEN agescope
#
# The folder is mounted, not the file: editors replace a file, and of one that is mounted alone the
# container would keep the old. User 10001 must be able to read it.
#
# /metrics is reached through the container's network, so AGESCOPE_METRICS_TOKEN, of 16 characters
# or more, is required.

FROM python:3.12-slim AS build
WORKDIR /srv/agescope
COPY . .
RUN python -m venv .venv \
 && .venv/bin/pip install --no-cache-dir --disable-pip-version-check -c constraints.txt \
    -e '.[demo,mqtt,parquet]'

FROM python:3.12-slim
COPY --from=build /srv/agescope /srv/agescope
RUN useradd --system --uid 10001 --no-create-home agescope \
 && install -d -o agescope -g agescope -m 0700 /data
USER 10001
WORKDIR /srv/agescope
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 XDG_CACHE_HOME=/data/cache
VOLUME /data
EXPOSE 9090
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=4 \
  CMD [".venv/bin/python", "assets/examples/healthcheck.py", "http://127.0.0.1:9090/healthz"]
ENTRYPOINT ["/srv/agescope/.venv/bin/python", "main.py"]
CMD ["monitor", "--config", "/config/cameras.toml", "--store", "/data/store.sqlite", \
     "--metrics", "0.0.0.0:9090", "--log-format", "json"]
