export { instrumentAiClient } from './ai/client.ts';
export { instrumentCache } from './cache/cache.ts';
export { libraryLogEvents } from './catalogue/log-events.ts';
export { libraryMetrics } from './catalogue/metrics.ts';
export type {
  LogEventCatalogue,
  MetricCatalogue,
  MetricDeclaration,
} from './catalogue/types.ts';
export { counter, event, gauge, histogram } from './catalogue/types.ts';
export { readTelemetryConfiguration } from './configuration.ts';
export { instrumentPool } from './database/pool.ts';
export * from './environment-reader.ts';
export * from './events/backlog.ts';
export type { EventContext } from './events/event-context.ts';
export { type HandledEvent, instrumentHandler } from './events/handler.ts';
export { instrumentPublisher, type PublishableEvent } from './events/publisher.ts';
export * from './http/errors.ts';
export * from './http/http-error.ts';
export { httpMiddleware } from './http/middleware.ts';
export { errorStatus } from './http/refusal.ts';
export { type AllowedHosts, ownPagesOnly, requestGuard } from './http/request-guard.ts';
export { openLogDestination } from './logging/destination.ts';
export type { Logger } from './logging/logger.ts';
export { metadataFields } from './logging/loki-push.ts';
export { type ManagementHandler, sendJson } from './management/server.ts';
export { createTokenCheck } from './management/token.ts';
export type { Metrics } from './metrics/metrics.ts';
export { runInSpan } from './operations/span.ts';
export * from './operations/trace-context.ts';
export { instrumentFetch } from './outgoing/fetch.ts';
export { instrumentWebhookSender, type WebhookDelivery } from './outgoing/webhook-sender.ts';
export { serveHttp } from './process/http-server.ts';
export { runService } from './process/run-service.ts';
export { serverLimits } from './process/server-limits.ts';
export * from './realtime/channel.ts';
export * from './realtime/queue.ts';
export { instrumentWebSocketServer } from './realtime/server.ts';
export { activeRequest, sampledTraceId, setRequestUser } from './request-context.ts';
export { instrumentCircuitBreaker } from './resilience/circuit-breaker.ts';
export { readSecretFile } from './secret-file.ts';
export * from './storage/object-store.ts';
export { createTelemetry, type Telemetry } from './telemetry.ts';
