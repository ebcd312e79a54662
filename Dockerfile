# syntax=docker/dockerfile:1

# The builder runs on its own platform and compiles for the wanted one.
FROM --platform=$BUILDPLATFORM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
ARG TARGETOS TARGETARCH VERSION=dev
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH \
    go build -trimpath -ldflags "-s -w -X main.linkedVersion=$VERSION" -o /out/portal ./cmd/portal
# A volume takes owner and mode of the directory that it covers.
RUN install -d -m 0700 /out/data && install -d -m 1777 /out/tmp

# Nothing but the binary and the certificates by which it trusts the API. Time zones are in the binary; /tmp is for
# serve --demo.
FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build --chown=65532:65532 /out/data /data
COPY --from=build /out/tmp /tmp
COPY --from=build /out/portal /portal
USER 65532:65532
ENV PORTAL_ADDR=0.0.0.0:8080 \
    PORTAL_DATABASE_URL=sqlite:/data/portal.db
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s --retries=3 CMD ["/portal", "healthcheck"]
# After SIGTERM requests under way get PORTAL_DRAIN_TIMEOUT, 25 s unless it is set, and the last words some more:
# docker stop -t 40.
STOPSIGNAL SIGTERM
ENTRYPOINT ["/portal"]
CMD ["serve"]
