export { type AiClientOptions, instrumentAiClient, type MeterableAiClient } from './ai/client.ts';
export { type CacheOptions, instrumentCache, type MeterableCache } from './cache/cache.ts';
export { libraryLogEvents } from './catalogue/log-events.ts';
export { libraryMetrics } from './catalogue/metrics.ts';
export type {
  LogEventCatalogue,
  LogEventDeclaration,
  MetricCatalogue,
  MetricDeclaration,
} from './catalogue/types.ts';
export { counter, event, gauge, histogram } from './catalogue/types.ts';
export {
  ConfigurationError,
  createEnvironmentReader,
  type EnvironmentReader,
  readTelemetryConfiguration,
  type TelemetryConfiguration,
} from './configuration.ts';
export { instrumentPool } from './database/pool.ts';
export {
  type BacklogOptions,
  type BacklogWatch,
  type OutboxBacklog,
  watchOutbox,
  watchWebhooks,
} from './events/backlog.ts';
export type { EventContext } from './events/event-context.ts';
export { type HandledEvent, type HandlerOptions, instrumentHandler } from './events/handler.ts';
export { instrumentPublisher, type PublishableEvent } from './events/publisher.ts';
export {
  BusinessRuleError,
  errorHandler,
  HttpError,
  notFoundHandler,
  type ValidationError,
} from './http/errors.ts';
export { httpMiddleware } from './http/middleware.ts';
export { openLogDestination } from './logging/destination.ts';
export type { Logger } from './logging/logger.ts';
export { metadataFields } from './logging/loki-push.ts';
export type { Health, PoolReport } from './management/health.ts';
export { type ManagementHandler, sendJson } from './management/server.ts';
export type { Metrics } from './metrics/metrics.ts';
export { runInSpan } from './operations/span.ts';
export {
  currentTraceContext,
  extractTraceContext,
  runInTraceContext,
  type TraceContext,
} from './operations/trace-context.ts';
export { type FetchOptions, instrumentFetch } from './outgoing/fetch.ts';
export { instrumentWebhookSender, type WebhookDelivery } from './outgoing/webhook-sender.ts';
export { serveHttp } from './process/http-server.ts';
export { runService } from './process/run-service.ts';
export type { Shutdown, ShutdownPhase } from './process/shutdown.ts';
export {
  type ChannelSocket,
  createMessageChannel,
  type EncodedMessage,
  type MessageChannel,
  type MessageChannelOptions,
  type MessageMap,
  type ReceivedMessage,
} from './realtime/channel.ts';
export {
  type BoundedQueue,
  type BoundedQueueOptions,
  createBoundedQueue,
  type DropReason,
  instrumentQueue,
  type MeterableQueue,
  type QueueOptions,
} from './realtime/queue.ts';
export { instrumentWebSocketServer, type MeterableWebSocketServer } from './realtime/server.ts';
export { activeRequest, sampledTraceId, setRequestUser } from './request-context.ts';
export {
  type CircuitBreakerOptions,
  instrumentCircuitBreaker,
  type MeterableCircuitBreaker,
} from './resilience/circuit-breaker.ts';
export {
  instrumentObjectStore,
  instrumentS3Client,
  type MeterableObjectStore,
  type MeterableS3Client,
  type ObjectStoreOptions,
} from './storage/object-store.ts';
export { createTelemetry, type Telemetry } from './telemetry.ts';
