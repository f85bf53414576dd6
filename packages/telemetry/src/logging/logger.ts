import pino from 'pino';
import type { TelemetryConfiguration } from '../configuration.ts';
import { redirectBindings } from './bindings.ts';
import { composeLine } from './line.ts';
import { keepError, type LoggerState } from './logger-state.ts';
import { createRequestLineWriter } from './request-line.ts';

/** A pino logger whose lines carry the service, the request and the trace. */
export type Logger = pino.Logger;

/**
 * Makes the loggers of a service. A line is pino's in form and made here, in one pass: without
 * secrets in whatever form they come, bounded, and never throwing at who writes it.
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
      serializers: { err: keepError },
      formatters: { level: (label) => ({ level: label }) },
      hooks: {
        logMethod(given: readonly unknown[], _method, level) {
          const label = this.levels.labels[level] ?? 'info';
          write(this as unknown as LoggerState, level, label, given);
        },
      },
    },
    stream,
  );
  redirectBindings(logger);

  function write(own: LoggerState, level: number, label: string, given: readonly unknown[]): void {
    let line: ReturnType<typeof composeLine>;
    try {
      line = composeLine(own, level, timestamp(), given);
    } catch {
      // Whatever a caller's object does when it is read, its line is seen.
      line = composeLine(own, level, timestamp(), [{ unreadable_fields: true }, 'unreadable line']);
    }
    onLine(label, line.event);
    stream.write(line.text);
  }

  const writeRequestLine = createRequestLineWriter(configuration, logger, timestamp, (line) => {
    onLine('info');
    stream.write(line);
  });
  return { logger, writeRequestLine };
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
