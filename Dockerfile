# The image of the Home Assistant app, for amd64 and aarch64. script/check-image builds it by hand.
ARG BUILD_FROM=ghcr.io/home-assistant/base-debian:trixie

FROM ${BUILD_FROM} AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends python3-venv
WORKDIR /src
COPY pyproject.toml constraints.txt hatch_build.py README.md LICENSE ./
COPY web web
COPY wallflower wallflower
# The page is built within; hatch_build.py fetches the Node for it. `offline` brings a speech model,
# so that the first start needs no internet.
RUN python3 -m venv /opt/wallflower \
    && /opt/wallflower/bin/pip install --no-cache-dir --constraint constraints.txt '.[offline]'

FROM ${BUILD_FROM}
RUN apt-get update \
    && apt-get install -y --no-install-recommends ffmpeg python3 \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build /opt/wallflower /opt/wallflower
COPY addon/rootfs /
ENV PATH="/opt/wallflower/bin:${PATH}"
# Home Assistant restarts what is unhealthy, so any answer counts: a camera with a wrong password is
# for a person to mend.
HEALTHCHECK --interval=30s --timeout=10s --start-period=120s \
    CMD ["curl", "--silent", "--show-error", "--output", "/dev/null", "http://127.0.0.1:8756/api/health"]

ARG BUILD_ARCH
ARG BUILD_VERSION
LABEL io.hass.type="app" \
    io.hass.arch="${BUILD_ARCH}" \
    io.hass.version="${BUILD_VERSION}" \
    org.opencontainers.image.title="Wallflower" \
    org.opencontainers.image.description="Writes down what is said near your cameras and who said it." \
    org.opencontainers.image.licenses="MIT" \
    org.opencontainers.image.source="https://github.com/wallflower-home/wallflower" \
    org.opencontainers.image.version="${BUILD_VERSION}"
