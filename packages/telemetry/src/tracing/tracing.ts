import { propagation, trace } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { InstrumentationBase, registerInstrumentations } from '@opentelemetry/instrumentation';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
  serviceInstanceIdDetector,
} from '@opentelemetry/resources';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import {
  ATTR_DEPLOYMENT_ENVIRONMENT_NAME,
  ATTR_SERVICE_NAME,
  ATTR_SERVICE_VERSION,
} from '@opentelemetry/semantic-conventions';
import { setActiveTracing } from './active-tracing.ts';
import type { TracingConfiguration } from './configuration.ts';
import { writeDiagnostics } from './diagnostics.ts';
import { idGenerator } from './id-generator.ts';
import { loadAutoInstrumentations } from './load-instrumentations.ts';
import { installLoaderHook } from './loader-hook.ts';
import { createSampler } from './sampler.ts';
import { createSpanPipeline } from './span-pipeline.ts';

// Both would instrument the same modules, and each outgoing call would have two spans.
const secondSdk =
  'Expected this to be the only OpenTelemetry SDK of the process, got a second one: the first traces. ' +
  'Remove one `--import`.\n';

/** Starts tracing for this process: once, before the service's own modules are loaded. */
export async function startTracing(configuration: TracingConfiguration): Promise<void> {
  writeDiagnostics(configuration.diagnostics, (spans) => {
    counts.dropped += spans;
  });
  const { OTLPTraceExporter } = await (configuration.protocol === 'http/json'
    ? import('@opentelemetry/exporter-trace-otlp-http')
    : import('@opentelemetry/exporter-trace-otlp-proto'));
  const exporter = new OTLPTraceExporter();
  const { processor, counts } = createSpanPipeline(exporter, configuration.queue);
  const provider = new TracerProvider({
    resource: describeService(configuration),
    sampler: createSampler(configuration.sampler, configuration.samplerRatio),
    spanProcessors: configuration.isExported ? [processor] : [],
    idGenerator,
  });
  if (!trace.setGlobalTracerProvider(provider)) {
    process.stderr.write(secondSdk);
    return provider.shutdown();
  }
  // Trace context only. Baggage would travel to third parties with every outgoing request.
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  const instrumentations = await chooseInstrumentations();
  installLoaderHook(modulesToPatch(instrumentations));
  registerInstrumentations({ tracerProvider: provider, instrumentations });
  setActiveTracing({
    counts,
    shutdown: () =>
      provider.shutdown().catch(() => {
        // Counted by the pipeline already; an unavailable collector must not fail the shutdown.
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

// Those worth their overhead: outgoing calls and the database. The server's own span comes from
// the HTTP middleware, which knows the route; a span for each Express layer is noise.
// `OTEL_NODE_ENABLED_INSTRUMENTATIONS` overrides the choice.
const defaultInstrumentations = 'http,pg,undici';

async function chooseInstrumentations() {
  // An environment variable, because the package patches modules for whatever it constructs.
  process.env.OTEL_NODE_ENABLED_INSTRUMENTATIONS ||= defaultInstrumentations;
  const enabled = process.env.OTEL_NODE_ENABLED_INSTRUMENTATIONS;
  const { getNodeAutoInstrumentations } = await loadAutoInstrumentations(enabled);
  return getNodeAutoInstrumentations({
    '@opentelemetry/instrumentation-http': { disableIncomingRequestInstrumentation: true },
    '@opentelemetry/instrumentation-pg': { requireParentSpan: true },
    '@opentelemetry/instrumentation-undici': { requireParentforSpans: true },
  });
}

function modulesToPatch(
  instrumentations: Awaited<ReturnType<typeof chooseInstrumentations>>,
): string[] {
  return instrumentations.flatMap((instrumentation) =>
    instrumentation instanceof InstrumentationBase
      ? instrumentation.getModuleDefinitions().map(({ name }) => name)
      : [],
  );
}
