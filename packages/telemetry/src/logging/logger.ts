import pino from 'pino';
import type { TelemetryConfiguration } from '../configuration.ts';
import { correlationFields } from '../request-context.ts';
import { errorFields } from './error-fields.ts';
import { redactFields } from './redaction.ts';

/** A pino logger whose lines carry the service, the request and the trace. */
export type Logger = pino.Logger;

/** The two loggers of a service; their lines look alike and go the same way. */
export interface Loggers {
  readonly logger: Logger;
  /**
   * For the one line of each request, which brings its ids itself and holds nothing to redact: it
   * spares the look-up of the context and the walk through the fields.
   */
  readonly requestLogger: Logger;
}

/**
 * Makes the loggers of a service.
 * @param onLine called for each line that is written, with its level
 */
export function createLoggers(
  configuration: TelemetryConfiguration,
  stream: pino.DestinationStream,
  onLine: (level: string) => void = () => {},
): Loggers {
  const { service, version, environment, log } = configuration;
  const count = (level: number) => onLine(pino.levels.labels[level] ?? 'info');
  const common = {
    level: log.level,
    base: { service, version, environment },
    timestamp: createTimestamp(),
    serializers: { err: errorFields },
    // A line's own fields win over those of its context.
    mixinMergeStrategy: (line: object, mixed: object) => ({ ...mixed, ...line }),
  };
  const level = (label: string) => ({ level: label });
  const requestLogger = pino(
    {
      ...common,
      formatters: { level },
      mixinMergeStrategy: (line) => line,
      mixin: (_line, lineLevel) => {
        count(lineLevel);
        return none;
      },
    },
    stream,
  );
  const logger = pino(
    {
      ...common,
      formatters: { level, log: redactFields },
      mixin: (_line, lineLevel) => {
        count(lineLevel);
        return correlationFields();
      },
    },
    stream,
  );
  redactChildren(logger);
  return { logger, requestLogger };
}

const none = Object.freeze({});

/** pino formats the bindings of its root only; children inherit this method from it. */
function redactChildren(logger: Logger): void {
  const { child } = logger;
  logger.child = function redactedChild(bindings, options) {
    return child.call(this, redactFields(bindings), options) as never;
  };
}

/** The time in ISO 8601, formatted once for all lines of a millisecond. */
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
