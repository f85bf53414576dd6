/** A message as it is on the wire. */
export interface Envelope {
  readonly type: string;
  readonly traceparent?: string;
  readonly tracestate?: string;
  readonly data: unknown;
}

/** Reads what came in; nothing where it is not an envelope. */
export function readEnvelope(raw: unknown): Envelope | undefined {
  const parsed = parse(textOf(raw));
  if (typeof parsed !== 'object' || parsed === null) return undefined;
  const { type, traceparent, tracestate, data } = parsed as Record<string, unknown>;
  if (typeof type !== 'string') return undefined;
  return {
    type,
    ...(typeof traceparent === 'string' ? { traceparent } : {}),
    ...(typeof tracestate === 'string' ? { tracestate } : {}),
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
    // The caller counts it: what a stranger sends is no fault of ours.
    return undefined;
  }
}
