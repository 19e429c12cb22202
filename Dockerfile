# Caddy with the images module, for Debian 12's libvips.
#
#	docker build -t caddy-images .
#	docker run -p 8080:8080 -v "$PWD/Caddyfile:/etc/caddy/Caddyfile:ro" -v "$PWD/photos:/srv:ro" caddy-images

FROM golang:1.26-bookworm AS build
RUN apt-get update \
	&& apt-get install -y --no-install-recommends libvips-dev pkg-config \
	&& rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=1 go build -trimpath -ldflags '-s -w' -o /caddy ./cmd/caddy

FROM debian:bookworm-slim
RUN apt-get update \
	&& apt-get install -y --no-install-recommends ca-certificates libvips42 mailcap \
	&& rm -rf /var/lib/apt/lists/* \
	&& useradd --system --uid 1000 --create-home --home-dir /var/lib/caddy caddy \
	&& mkdir -p /config /data /etc/caddy /srv \
	&& chown caddy:caddy /config /data \
	&& printf ':8080\nroot /srv\nimages\nfile_server\n' >/etc/caddy/Caddyfile
COPY --from=build /caddy /usr/bin/caddy
ENV XDG_CONFIG_HOME=/config XDG_DATA_HOME=/data
VOLUME ["/config", "/data"]
USER caddy
EXPOSE 8080
WORKDIR /srv
CMD ["caddy", "run", "--config", "/etc/caddy/Caddyfile"]
