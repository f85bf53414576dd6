import type { endReasons } from '../catalogue.ts';

/** Why the hub closes a connection. */
export type EndReason = (typeof endReasons)[number];

interface Ending {
  /** Absent if the client no longer reads a close frame. */
  readonly code?: number;
  /** Delay before the client should reconnect, minimum and maximum; absent if it should not. */
  readonly reconnectMs?: readonly [number, number];
}

// Codes from 4000 on are an application's own; this one stands for HTTP's 401.
// Source: RFC 6455, sections 7.4.1 and 7.4.2; 1013 in IANA's WebSocket close code registry.
const endings: Readonly<Record<EndReason, Ending>> = {
  // Spread, so that the clients of a stopping instance do not all reconnect at once.
  draining: { code: 1001, reconnectMs: [200, 5_000] },
  binary_frame: { code: 1003 },
  too_many_refusals: { code: 1008 },
  too_many_pings: { code: 1008 },
  queue_full: { code: 1013, reconnectMs: [1_000, 10_000] },
  stalled: { code: 1013, reconnectMs: [1_000, 10_000] },
  token_over: { code: 4401, reconnectMs: [0, 1_000] },
  // No reconnection: the next login needs the user.
  session_over: { code: 4401 },
  silent: {},
};

/** The close code of a reason, and the text of its close frame: JSON, at most 123 bytes. */
export function closeFrameFor(reason: EndReason): { code: number; text: string } | undefined {
  const { code, reconnectMs } = endings[reason];
  if (code === undefined) return undefined;
  if (reconnectMs === undefined) return { code, text: JSON.stringify({ reason }) };
  const [min, max] = reconnectMs;
  const reconnectAfterMs = Math.round(min + Math.random() * (max - min));
  return { code, text: JSON.stringify({ reason, reconnectAfterMs }) };
}
