import pino from 'pino';
import type { TelemetryConfiguration } from '../configuration.ts';
import { correlationFields } from '../request-context.ts';
import { errorFields } from './error-fields.ts';
import { redactAnything, redactFields } from './redaction.ts';
import { createRequestLineWriter } from './request-line.ts';

/** A pino logger whose lines carry the service, the request and the trace. */
export type Logger = pino.Logger;

/**
 * Makes the loggers of a service.
 * @param onLine called for each line that is written, with its level and its event
 */
export function createLoggers(
  configuration: TelemetryConfiguration,
  stream: pino.DestinationStream,
  onLine: (level: string, event?: unknown) => void = () => {},
) {
  const { service, version, environment, log } = configuration;
  const timestamp = createTimestamp();
  const logger = pino(
    {
      level: log.level,
      base: { service, version, environment },
      timestamp,
      serializers: { err: errorFields },
      formatters: { level: (label) => ({ level: label }), log: redactAnything },
      mixin: (line: { readonly event?: unknown }, level) => {
        onLine(pino.levels.labels[level] ?? 'info', line.event);
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

/** Makes the `time` of lines in ISO 8601, formatted once for all lines of a millisecond. */
function createTimestamp(): () => string {
  let formattedMs = Number.NaN;
  let text = '';
  return () => {
    const now = Date.now();
    if (now !== formattedMs) {
      formattedMs = now;
      text = `,"time":"${new Date(now).toISOString()}"`;
    }
    return text;
  };
}
