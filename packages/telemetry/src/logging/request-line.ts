import type { SpanContext } from '@opentelemetry/api';
import type pino from 'pino';
import type { TelemetryConfiguration } from '../configuration.ts';
import type { RequestContext } from '../request-context.ts';
import { idText } from './ids.ts';
import { isPlainText } from './line-buffer.ts';
import { createLine } from './values.ts';

export interface RequestLine {
  readonly ids: RequestContext;
  readonly spanContext: SpanContext;
  readonly method: string;
  readonly route: string;
  readonly path: string;
  readonly statusCode: number;
  readonly durationMs: number;
}

const infoLevel = 30;
const maxKnownTexts = 1_000;

/**
 * Makes the writer of the one line that every request has. It is the same line as the logger's, a
 * test compares them; its fields are known, so it is put together without looking for them, which
 * saves a twentieth of what a request costs.
 */
export function createRequestLineWriter(
  { service, version, environment }: TelemetryConfiguration,
  logger: pino.Logger,
  timestamp: () => string,
  write: (line: string) => void,
): (line: RequestLine) => void {
  const common = JSON.stringify({ service, version, environment }).slice(1, -1);
  const quote = createQuoter();
  return (line) => {
    if (logger.levelVal > infoLevel) return;
    write(
      `{"level":"info"${timestamp()},${common},"event":"http_request_completed"${idText(line)}` +
        `,"method":${quote(line.method)},"route":${quote(line.route)}` +
        `,"path":${quotePath(line.path)},"status_code":${line.statusCode}` +
        `,"duration_ms":${line.durationMs},"msg":"request completed"}\n`,
    );
  };
}

/** Paths are a stranger's: without the secrets in them, and not longer than other texts. */
function quotePath(path: string): string {
  if (isPlainText(path)) return `"${path}"`;
  const part = createLine();
  part.append(part, path);
  return part.text;
}

/** Texts as JSON, remembered: methods and routes are few. */
function createQuoter(): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    const existing = known.get(text);
    if (existing !== undefined) return existing;
    const quoted = JSON.stringify(text);
    if (known.size < maxKnownTexts) known.set(text, quoted);
    return quoted;
  };
}
