import type { endReasons } from '../catalogue.ts';

/** Why the hub ends a connection. */
export type EndReason = (typeof endReasons)[number];

interface Ending {
  /** Absent where nobody is there to read a close frame. */
  readonly code?: number;
  /** After how long the client should come back, at least and at most; absent: it should not. */
  readonly reconnectMs?: readonly [number, number];
}

// From 4000 on codes are an application's own; this one stands for HTTP's 401.
// Source: RFC 6455, sections 7.4.1 and 7.4.2; 1013 in IANA's WebSocket close code registry.
const endings: Readonly<Record<EndReason, Ending>> = {
  // Spread, so that the clients of an instance that stops do not all come to the next at once.
  draining: { code: 1001, reconnectMs: [200, 5_000] },
  binary_frame: { code: 1003 },
  too_many_refusals: { code: 1008 },
  queue_full: { code: 1013, reconnectMs: [1_000, 10_000] },
  stalled: { code: 1013, reconnectMs: [1_000, 10_000] },
  token_over: { code: 4401, reconnectMs: [0, 1_000] },
  // Without a time to come back: the next login is a person's.
  session_over: { code: 4401 },
  silent: {},
};

/** The close code of a reason, and the text of its close frame: JSON, at most 123 bytes. */
export function closeFrameOf(reason: EndReason): { code: number; text: string } | undefined {
  const { code, reconnectMs } = endings[reason];
  if (code === undefined) return undefined;
  if (reconnectMs === undefined) return { code, text: JSON.stringify({ reason }) };
  const [least, most] = reconnectMs;
  const reconnectAfterMs = Math.round(least + Math.random() * (most - least));
  return { code, text: JSON.stringify({ reason, reconnectAfterMs }) };
}
