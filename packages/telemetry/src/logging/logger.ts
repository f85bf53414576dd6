import pino from 'pino';
import type { TelemetryConfiguration } from '../configuration.ts';
import { correlationFields } from '../request-context.ts';
import { errorFields } from './error-fields.ts';
import { redactionPaths } from './redaction.ts';

/** A pino logger whose lines carry the service, the request and the trace. */
export type Logger = pino.Logger;

/**
 * Makes the logger of a service.
 * @param onLine called for each line that is written, with its level
 */
export function createLogger(
  configuration: TelemetryConfiguration,
  stream: pino.DestinationStream,
  onLine: (level: string) => void = () => {},
): Logger {
  const { service, version, environment, log } = configuration;
  return pino(
    {
      level: log.level,
      base: { service, version, environment },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      mixin: () => correlationFields(),
      // A line's own fields win: the request line is written after its context has ended.
      mixinMergeStrategy: (line, mixed) => ({ ...mixed, ...line }),
      serializers: { err: errorFields },
      redact: { paths: redactionPaths(), censor: '[redacted]' },
      hooks: {
        logMethod(callArguments, method, level) {
          onLine(pino.levels.labels[level] ?? 'info');
          method.apply(this, callArguments);
        },
      },
    },
    stream,
  );
}
