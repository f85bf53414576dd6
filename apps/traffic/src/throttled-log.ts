import type { Logger } from '@watchkeeper/telemetry';

export type ThrottledLog = (
  level: 'warn' | 'error',
  event: string,
  message: string,
  fields: Readonly<Record<string, unknown>>,
) => void;

// An api that is down for an hour at a thousand visits a second must not write four million lines.
const intervalMs = 10_000;

/**
 * Writes each event at most once in ten seconds; `repeated` in the next line counts those in between.
 * @param now milliseconds on any steady clock
 */
export function createThrottledLog(logger: Logger, now: () => number): ThrottledLog {
  const events = new Map<string, { writtenAt: number; repeated: number }>();
  return (level, event, message, fields) => {
    const last = events.get(event);
    if (last !== undefined && now() - last.writtenAt < intervalMs) {
      last.repeated += 1;
      return;
    }
    events.set(event, { writtenAt: now(), repeated: 0 });
    logger[level]({ event, ...fields, repeated: last?.repeated ?? 0 }, message);
  };
}
