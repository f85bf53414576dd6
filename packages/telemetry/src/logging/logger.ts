import pino from 'pino';
import type { TelemetryConfiguration } from '../configuration.ts';
import { correlationFields } from '../request-context.ts';
import { errorFields } from './error-fields.ts';
import { redactAnything, redactFields } from './redaction.ts';
import { createRequestLineWriter, type RequestLine } from './request-line.ts';
import { createTimestamp } from './timestamp.ts';

/** A pino logger whose lines carry the service, the request and the trace. */
export type Logger = pino.Logger;

export interface Loggers {
  readonly logger: Logger;
  /** Writes the line of a successful request. */
  readonly writeRequestLine: (line: RequestLine) => void;
}

/**
 * Makes the loggers of a service.
 * @param onLine called for each line that is written, with its level and its event
 */
export function createLoggers(
  configuration: TelemetryConfiguration,
  stream: pino.DestinationStream,
  onLine: (level: string, event?: unknown) => void = () => {},
): Loggers {
  const { service, version, environment, log } = configuration;
  const count = (line: { readonly event?: unknown }, level: number) =>
    onLine(pino.levels.labels[level] ?? 'info', line.event);
  const timestamp = createTimestamp();
  const logger = pino(
    {
      level: log.level,
      base: { service, version, environment },
      timestamp,
      serializers: { err: errorFields },
      formatters: { level: (label) => ({ level: label }), log: redactAnything },
      mixin: (line, level) => {
        count(line, level);
        return correlationFields();
      },
      // A line's own fields win over those of its context.
      mixinMergeStrategy: (line: object, mixed: object) => ({ ...mixed, ...line }),
    },
    stream,
  );
  redactChildren(logger);
  const writeRequestLine = createRequestLineWriter(configuration, logger, timestamp, (line) => {
    onLine('info');
    stream.write(line);
  });
  return { logger, writeRequestLine };
}

/** pino formats the bindings of its root only; children inherit this method from it. */
function redactChildren(logger: Logger): void {
  const { child } = logger;
  logger.child = function redactedChild(bindings, options) {
    return child.call(this, redactFields(bindings), options) as never;
  };
}
