# The one image of Galley's apps; which one runs is a matter of `working_dir`. Built by compose, once.
# In it: the base image with Node, the production packages of all apps, their sources as they are.
ARG NODE_IMAGE=node:24-alpine3.24@sha256:ebfe2f90462722a7a4de65e91990e97fe0d401c70e0e762c5b53302f905ec1c1
FROM ${NODE_IMAGE} AS assembled
WORKDIR /image/galley
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./
# The same pnpm that wrote the lock file.
RUN npm install --global "pnpm@$(node --print 'require("./package.json").config.pnpm')"
COPY packages/galley/package.json packages/galley/
COPY packages/telemetry/package.json packages/telemetry/
COPY packages/viewer/package.json packages/viewer/
COPY apps/api/package.json apps/api/
COPY apps/gateway/package.json apps/gateway/
COPY apps/oncall/package.json apps/oncall/
COPY apps/realtime/package.json apps/realtime/
COPY apps/third-parties/package.json apps/third-parties/
COPY apps/traffic/package.json apps/traffic/
COPY apps/worker/package.json apps/worker/
# Production dependencies, as locked. Node reads neither maps nor declarations;
# pnpm's own notes have the time in them.
RUN pnpm install --prod --frozen-lockfile --filter '{./apps/*}...' --reporter append-only && \
  find . -type f '(' -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' ')' -delete && \
  rm -f node_modules/.modules.yaml node_modules/.pnpm-workspace-state*.json
COPY packages/galley/src packages/galley/src
COPY packages/telemetry/src packages/telemetry/src
COPY packages/viewer/src packages/viewer/src
COPY apps apps
# The time of the commit on everything: the same files are the same layer, wherever they are built.
ARG SOURCE_DATE_EPOCH=0
# Default owner of the volumes.
RUN mkdir -p /image/var/log/galley /image/var/lib/galley/inbox /image/var/lib/galley/attachments && \
  chown -R node:node /image/var/log/galley /image/var/lib/galley && \
  find /image -exec touch -h -d "@$SOURCE_DATE_EPOCH" '{}' +

FROM ${NODE_IMAGE}
ARG REVISION=unknown
ENV NODE_ENV=production SERVICE_REVISION=$REVISION
# The whole tree at once: a folder that the builder makes for a copy has the time of the build.
COPY --from=assembled /image/ /
USER node
WORKDIR /galley/apps/api
# Node itself is the process that gets the signals, not a shell; it drains and ends by itself.
CMD ["node", "--import", "@watchkeeper/telemetry/instrumentation", "src/main.ts"]
