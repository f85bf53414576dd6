import pino from 'pino';
import type { TelemetryConfiguration } from '../configuration.ts';
import { correlationFields } from '../request-context.ts';
import { errorFields } from './error-fields.ts';
import { redactFields } from './redaction.ts';

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
  const logger = pino(
    {
      level: log.level,
      base: { service, version, environment },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: {
        level: (label) => ({ level: label }),
        log: redactFields,
      },
      mixin: () => correlationFields(),
      // A line's own fields win: the request line is written after its context has ended.
      mixinMergeStrategy: (line, mixed) => ({ ...mixed, ...line }),
      serializers: { err: errorFields },
      hooks: {
        logMethod(callArguments, method, level) {
          onLine(pino.levels.labels[level] ?? 'info');
          method.apply(this, callArguments);
        },
      },
    },
    stream,
  );
  // pino formats the bindings of its root only; children inherit this method from it.
  const { child } = logger;
  logger.child = function redactedChild(bindings, options) {
    return child.call(this, redactFields(bindings), options) as never;
  };
  return logger;
}
