export interface Envelope {
  readonly type: string;
  readonly traceparent: string | undefined;
  readonly tracestate: string | undefined;
  readonly data: unknown;
}

/** `undefined` if it is not an envelope. */
export function readEnvelope(raw: unknown): Envelope | undefined {
  const parsed = parse(textOf(raw));
  if (typeof parsed !== 'object' || parsed === null) return undefined;
  const { type, traceparent, tracestate, data } = parsed as Record<string, unknown>;
  if (typeof type !== 'string') return undefined;
  return {
    type,
    traceparent: typeof traceparent === 'string' ? traceparent : undefined,
    tracestate: typeof tracestate === 'string' ? tracestate : undefined,
    data,
  };
}

function textOf(raw: unknown): string {
  if (Array.isArray(raw)) return Buffer.concat(raw).toString();
  if (raw instanceof ArrayBuffer) return Buffer.from(raw).toString();
  return String(raw);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The caller counts it.
    return undefined;
  }
}
