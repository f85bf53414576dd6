import { counter, gauge } from './types.ts';

/** The close codes of RFC 6455 that a peer can see; those of applications become `other`. */
export const closeCodes = [
  ...['1000', '1001', '1002', '1003', '1005', '1006', '1007', '1008', '1009', '1010'],
  ...['1011', '1012', '1013', '1014', '1015', 'other'],
] as const;

// The types of one protocol; each channel declares its own, and all else is `invalid` or `other`.
const messageTypes = { atMost: 60 } as const;
const queueTypes = ['outbound', 'ack', 'other'] as const;

/** Metrics of WebSockets and queues. Source: the project's telemetry contract. */
export const realtimeMetrics = {
  ws_connections_active: gauge('WebSocket connections open.'),
  ws_connections_closed_total: counter('WebSocket connections closed, by close code.', {
    code: closeCodes,
  }),
  ws_messages_sent_total: counter('WebSocket messages sent, by type.', { type: messageTypes }),
  ws_messages_received_total: counter('WebSocket messages received, by type.', {
    type: messageTypes,
  }),
  channel_queue_depth: gauge('Messages in the deepest queue of the type.', { type: queueTypes }),
  channel_queue_limit: gauge('Messages that a queue of the type may hold; the smallest bound.', {
    type: queueTypes,
  }),
  channel_dropped_messages_total: counter('Messages a bounded queue dropped, by reason.', {
    type: queueTypes,
    reason: ['queue_full', 'closed'],
  }),
} as const;
