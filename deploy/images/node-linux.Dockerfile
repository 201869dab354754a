# An image of Nightjar's Node language worker for Linux containers, for the worker's setting `containerImage`.
# Workers on Linux make such an image themselves: this one is for engines elsewhere (a Windows or Mac machine with Linux
# containers, an engine reached over TCP), for another Node, or for functions that need programs or libraries in their image.
#
# Build from the unpacked archive of `npm run package` (or from the repository after `npm run build`):
#   docker build -f deploy/images/node-linux.Dockerfile -t registry.example/nightjar-node:22 .
ARG NODE_VERSION=22.17.0
FROM node:${NODE_VERSION}-bookworm-slim

# Where the worker's table of language workers says that they are.
COPY dist/language-worker/ /nightjar/language-worker/
RUN mkdir -p /home/site/wwwroot && chmod -R a+rX /nightjar /home/site

# The worker names the user, the program and its arguments itself; this is for who starts the image by hand.
USER 10001:10001
WORKDIR /home/site/wwwroot
ENTRYPOINT ["/usr/local/bin/node"]
