import type { Labels } from './series.ts';

/** One stream of Loki's answer; times in nanoseconds. */
export interface ResultStream {
  readonly stream: Labels;
  readonly values: readonly (readonly [string, string])[];
}

export interface LogLine {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly level: string;
  readonly service: string;
  readonly text: string;
  readonly traceId: string | undefined;
  /** Everything in it, by name. */
  readonly fields: readonly (readonly [name: string, value: string])[];
}

// Already shown at the front of every line.
const shownElsewhere = new Set(['time', 'level', 'msg', 'service']);

/** All lines, newest first. */
export function toLogLines(streams: readonly ResultStream[]): readonly LogLine[] {
  const lines = streams.flatMap(({ stream, values }) =>
    values.map(([time, line]) => ({ time, line, stream })),
  );
  // Nanoseconds as text of one length sort as they are.
  lines.sort((one, other) => (one.time < other.time ? 1 : -1));
  return lines.map(({ time, line, stream }) => describe(Number(time) / 1e6, line, stream));
}

function describe(time: number, line: string, stream: Labels): LogLine {
  const parsed = parseObject(line);
  const textOf = (name: string) => asText(parsed?.[name]) ?? stream[name];
  const parts = [textOf('event'), textOf('msg'), ...requestSummary(parsed ?? {})];
  const short = parts.filter((part) => part !== undefined).join(' · ');
  const own = parsed === undefined ? [['line', line] as const] : flatten(parsed);
  const names = new Set(own.map(([name]) => name));
  const labels = Object.entries(stream).filter(([name]) => !names.has(name));
  return {
    time,
    level: (stream.level ?? textOf('level') ?? stream.detected_level ?? 'unknown').toLowerCase(),
    service: stream.service ?? stream.service_name ?? textOf('service') ?? '',
    text: parsed === undefined || short === '' ? line : short,
    traceId: textOf('trace_id'),
    fields: [...own, ...labels].filter(([name]) => !shownElsewhere.has(name)),
  };
}

/** The request with its status and duration, and the error's message. */
function requestSummary({
  method,
  route,
  status_code: status,
  duration_ms: ms,
  err,
}: Fields): string[] {
  const request = [method, route, status].filter((part) => part !== undefined).join(' ');
  const reason = (err as { message?: unknown } | null | undefined)?.message;
  const took = typeof ms === 'number' ? `${Math.round(ms)} ms` : '';
  return [request, took, typeof reason === 'string' ? reason : ''].filter((part) => part !== '');
}

type Fields = Readonly<Record<string, unknown>>;

function parseObject(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

function asText(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** One level of nesting is unfolded, e.g. to `err.message`. */
function flatten(object: Record<string, unknown>): (readonly [string, string])[] {
  return Object.entries(object).flatMap(([name, value]) => {
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
      const inner = Object.entries(value as Record<string, unknown>);
      return inner.map(([key, each]) => [`${name}.${key}`, asText(each) ?? ''] as const);
    }
    return [[name, asText(value) ?? ''] as const];
  });
}
