import { propagation, trace } from '@opentelemetry/api';
import { getNodeAutoInstrumentations } from '@opentelemetry/auto-instrumentations-node';
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
import { setActiveTracing } from './active-tracing.ts';
import type { TracingConfiguration } from './configuration.ts';
import { writeDiagnostics } from './diagnostics.ts';
import { idGenerator } from './id-generator.ts';
import { installLoaderHook } from './loader-hook.ts';
import { createSampler } from './sampler.ts';
import { createSpanPipeline } from './span-pipeline.ts';

/** Starts tracing for this process: once, before the service's own modules are loaded. */
export function startTracing(configuration: TracingConfiguration): void {
  writeDiagnostics(configuration.diagnostics);
  const exporter =
    configuration.protocol === 'http/json' ? new JsonTraceExporter() : new ProtobufTraceExporter();
  const { processor, counts } = createSpanPipeline(exporter, configuration.queue);
  const provider = new TracerProvider({
    resource: describeService(configuration),
    sampler: createSampler(configuration.sampler, configuration.samplerRatio),
    spanProcessors: configuration.isExported ? [processor] : [],
    idGenerator,
  });
  trace.setGlobalTracerProvider(provider);
  // Trace context only. Baggage would travel to third parties with every outgoing request.
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  const instrumentations = chooseInstrumentations();
  installLoaderHook(modulesToPatch(instrumentations));
  registerInstrumentations({ tracerProvider: provider, instrumentations });
  setActiveTracing({
    counts,
    shutdown: () =>
      provider.shutdown().catch(() => {
        // Counted by the pipeline already; a collector that is away is no reason to fail.
      }),
  });
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
