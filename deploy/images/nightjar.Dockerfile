# Nightjar itself, for compose: management by default, a worker or the command line tool by another command.
# Build from the unpacked archive of `npm run package`:
#   docker build -f deploy/images/nightjar.Dockerfile -t nightjar:local .
ARG NODE_VERSION=22.17.0
FROM node:${NODE_VERSION}-bookworm-slim
# A worker's packet filter and the tools that its image is made with (ldd is in libc-bin).
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates iptables && rm -rf /var/lib/apt/lists/*

WORKDIR /opt/nightjar
COPY package.json VERSION LICENSE ./
COPY node_modules/ node_modules/
COPY dist/ dist/
ENV NODE_ENV=production NIGHTJAR_DATA_DIR=/var/lib/nightjar
RUN mkdir -p /var/lib/nightjar && chown node:node /var/lib/nightjar
VOLUME /var/lib/nightjar
USER node
CMD ["node", "--enable-source-maps", "dist/apps/management/src/main.js"]
