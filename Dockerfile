# The one image of Galley's apps; which one runs is a matter of `working_dir`. Built by compose.
FROM node:24-alpine3.24 AS dependencies
WORKDIR /galley
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
# Production dependencies, as locked.
RUN pnpm install --prod --frozen-lockfile --filter '{./apps/*}...' --reporter append-only

FROM node:24-alpine3.24
ARG REVISION=unknown
ENV NODE_ENV=production SERVICE_REVISION=$REVISION
WORKDIR /galley
COPY --from=dependencies /galley ./
COPY packages/galley/src packages/galley/src
COPY packages/telemetry/src packages/telemetry/src
COPY packages/viewer/src packages/viewer/src
COPY apps apps
# Default owner of the volumes.
RUN mkdir -p /var/log/galley /var/lib/galley/inbox /var/lib/galley/attachments && chown -R node:node /var/log/galley /var/lib/galley
USER node
WORKDIR /galley/apps/api
# Node itself is the process that gets the signals, not a shell; it drains and ends by itself.
CMD ["node", "--import", "@watchkeeper/telemetry/instrumentation", "src/main.ts"]
