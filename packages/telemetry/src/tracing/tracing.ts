import { context, propagation, trace } from '@opentelemetry/api';
import { getNodeAutoInstrumentations } from '@opentelemetry/auto-instrumentations-node';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter as JsonTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { InstrumentationBase, registerInstrumentations } from '@opentelemetry/instrumentation';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
  serviceInstanceIdDetector,
} from '@opentelemetry/resources';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import { ATTR_SERVICE_NAME, ATTR_SERVICE_VERSION } from '@opentelemetry/semantic-conventions';
import { ATTR_DEPLOYMENT_ENVIRONMENT_NAME } from '@opentelemetry/semantic-conventions/incubating';
import type { TracingConfiguration } from './configuration.ts';
import { installLoaderHook } from './loader-hook.ts';
import { createSampler } from './sampler.ts';
import { createSpanPipeline, type SpanCounts } from './span-pipeline.ts';

/** Tracing as it runs in this process. */
export interface Tracing {
  readonly counts: Readonly<SpanCounts>;
  /** Sends what is queued, then stops. Never rejects: a dead collector must not end a service. */
  shutdown(): Promise<void>;
}

let active: Tracing | undefined;
let isContextEnabled = false;

/** The tracing that the preload started, if it did. */
export function activeTracing(): Tracing | undefined {
  return active;
}

/**
 * Makes the running context follow asynchronous calls. Logs need it even where tracing is off,
 * because the request's ids travel in the same context.
 */
export function enableContext(): void {
  if (isContextEnabled) return;
  isContextEnabled = true;
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
}

/** Starts tracing for this process: once, before the service's own modules are loaded. */
export function startTracing(configuration: TracingConfiguration): Tracing {
  const exporter =
    configuration.protocol === 'http/json' ? new JsonTraceExporter() : new ProtobufTraceExporter();
  const { processor, counts } = createSpanPipeline(exporter, configuration.queue);
  const provider = new TracerProvider({
    resource: describeService(configuration),
    sampler: createSampler(configuration.sampler, configuration.samplerRatio),
    spanProcessors: [processor],
  });
  trace.setGlobalTracerProvider(provider);
  // Trace context only. Baggage would travel to third parties with every outgoing request.
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  const instrumentations = chooseInstrumentations();
  installLoaderHook(modulesToPatch(instrumentations));
  registerInstrumentations({ tracerProvider: provider, instrumentations });
  active = {
    counts,
    shutdown: () =>
      provider.shutdown().catch(() => {
        // Counted by the pipeline already; a collector that is away is no reason to fail.
      }),
  };
  return active;
}

function describeService(configuration: TracingConfiguration) {
  return defaultResource()
    .merge(detectResources({ detectors: [envDetector, serviceInstanceIdDetector] }))
    .merge(
      resourceFromAttributes({
        [ATTR_SERVICE_NAME]: configuration.service,
        [ATTR_SERVICE_VERSION]: configuration.version,
        [ATTR_DEPLOYMENT_ENVIRONMENT_NAME]: configuration.environment,
      }),
    );
}

// Those that earn their cost: outgoing calls and the database. The server's own span comes from
// the HTTP middleware, which knows the route; a span for each Express layer tells nobody anything.
// `OTEL_NODE_ENABLED_INSTRUMENTATIONS` overrides the choice.
const defaultInstrumentations = 'http,pg,undici';

function chooseInstrumentations() {
  // An environment variable, because the package patches modules for whatever it constructs.
  process.env.OTEL_NODE_ENABLED_INSTRUMENTATIONS ??= defaultInstrumentations;
  return getNodeAutoInstrumentations({
    '@opentelemetry/instrumentation-http': { disableIncomingRequestInstrumentation: true },
    '@opentelemetry/instrumentation-pg': { requireParentSpan: true },
    '@opentelemetry/instrumentation-undici': { requireParentforSpans: true },
  });
}

function modulesToPatch(instrumentations: ReturnType<typeof chooseInstrumentations>): string[] {
  return instrumentations.flatMap((instrumentation) =>
    instrumentation instanceof InstrumentationBase
      ? instrumentation.getModuleDefinitions().map(({ name }) => name)
      : [],
  );
}
