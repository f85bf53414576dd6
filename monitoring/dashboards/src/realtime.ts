import { toAllErrorLogs, toErrorLogs } from './shapes/links.ts';
import { promql } from './shapes/queries.ts';
import type { DashboardSpec } from './shapes/spec.ts';

/** Whether live messages arrive, over connections that stay open. */
export const realtime: DashboardSpec = {
  uid: 'realtime',
  title: 'Realtime',
  purpose: 'Whether live messages arrive, over connections that stay open.',
  variables: ['job'],
  range: '1h',
  panels: [
    {
      id: 1,
      title: 'Connections against ten minutes ago',
      kind: 'timeseries',
      width: 8,
      question: 'Did many people lose their connection at once?',
      normal: 'about 1: people come and go one by one.',
      otherwise:
        'it fell to a half: an instance, a load balancer or a network went; “Closed by code” says how.',
      unit: 'percentunit',
      min: 0,
      queries: [
        promql(
          `
          job:ws_connections_active:sum{job=~"$job"}
          / (avg_over_time(job:ws_connections_active:sum{job=~"$job"}[10m] offset 2m) > 0)
          `,
          '{{job}}',
        ),
      ],
      alerts: [{ name: 'WebSocketMassDisconnect' }],
      links: [toErrorLogs],
      empty: 'There were no connections ten minutes ago.',
    },
    {
      id: 2,
      title: 'Messages thrown away a minute',
      kind: 'timeseries',
      width: 8,
      question: 'Do people miss messages?',
      normal: 'none. Those to somebody who has left are not counted.',
      otherwise:
        'somebody reads more slowly than is written to them: “Deepest queue”, “Slow consumers”.',
      unit: 'short',
      decimals: 1,
      min: 0,
      queries: [
        promql(
          `
          60 * sum by (job, type) (job_type_reason:channel_dropped_messages:rate2m{job=~"$job", reason!="closed"})
          `,
          '{{job}} {{type}}',
        ),
      ],
      alerts: [{ name: 'MessagesDropped' }],
      links: [toErrorLogs],
      empty: 'No message was thrown away.',
      emptyWhenHealthy: 'the first message of a kind that is dropped makes the series',
    },
    {
      id: 3,
      title: 'Deepest queue',
      kind: 'timeseries',
      width: 8,
      question: 'How full is the queue of the slowest client?',
      normal: 'nearly empty: what is written is read at once.',
      otherwise: 'one client is slow: it is ended soon. All are: the hub itself is, see “Node.js”.',
      unit: 'percentunit',
      min: 0,
      max: 1,
      queries: [
        promql('job_type:channel_queue_depth_per_limit:ratio{job=~"$job"}', '{{job}} {{type}}'),
      ],
      alerts: [{ name: 'MessageQueueDeep' }],
      links: [toErrorLogs],
      empty: 'No service has queues of messages.',
    },
    {
      id: 4,
      title: 'Connections and people',
      kind: 'timeseries',
      width: 8,
      question: 'How many connections are open, of how many people?',
      normal: 'the shape of the day; a little over one connection a person.',
      otherwise: 'many connections a person: clients that reconnect without closing.',
      unit: 'short',
      min: 0,
      queries: [
        promql('job:ws_connections_active:sum{job=~"$job"}', 'connections, {{job}}'),
        promql('sum by (job) (galley_users_online{job=~"$job"})', 'people, {{job}}'),
      ],
      empty: 'No service has live connections.',
    },
    {
      id: 5,
      title: 'Slowest 5 % of messages',
      kind: 'timeseries',
      width: 8,
      question: 'How long does one message in twenty wait until it is written out?',
      normal: 'under 50 ms.',
      otherwise: 'the hub is late, or its clients are slow: “Event-loop lag”, “Slow consumers”.',
      unit: 's',
      min: 0,
      queries: [
        promql(
          'histogram_quantile(0.95, sum by (job, le) (rate(galley_message_wait_seconds_bucket{job=~"$job"}[2m])))',
          '{{job}}',
        ),
      ],
      empty: 'No message was sent.',
    },
    {
      id: 6,
      title: 'Slow consumers',
      kind: 'timeseries',
      width: 8,
      question: 'How many clients have a message that waits for over a second?',
      normal: 'none or a few, on bad networks.',
      otherwise: 'many at once: not their networks, but the hub or what is before it.',
      unit: 'short',
      min: 0,
      queries: [promql('sum by (job) (galley_slow_consumers{job=~"$job"})', '{{job}}')],
      links: [toErrorLogs],
      empty: 'No service tells of slow consumers.',
    },
    {
      id: 7,
      title: 'Sent by type',
      kind: 'timeseries',
      width: 8,
      question: 'What is sent?',
      normal: 'statuses of orders and presence above chat.',
      otherwise:
        'one type leapt: a loop between client and hub. None: nothing happens, or nobody listens.',
      unit: 'ops',
      min: 0,
      isStacked: true,
      queries: [
        promql('sum by (type) (job_type:ws_messages_sent:rate2m{job=~"$job"})', '{{type}}'),
      ],
      empty: 'No message was sent.',
    },
    {
      id: 8,
      title: 'Received by type',
      kind: 'timeseries',
      width: 8,
      question: 'What do clients send?',
      normal: 'heartbeats, subscriptions, some chat.',
      otherwise: 'many of one type: a client that repeats itself; the log names refused ones.',
      unit: 'ops',
      min: 0,
      isStacked: true,
      queries: [
        promql('sum by (type) (job_type:ws_messages_received:rate2m{job=~"$job"})', '{{type}}'),
      ],
      empty: 'No message was received.',
    },
    {
      id: 9,
      title: 'Closed by code',
      kind: 'timeseries',
      width: 8,
      question: 'How do connections end?',
      normal: '1000 and 1001: people leave.',
      otherwise: '1006: a network or a process went. 1008, 1009: refused. 1011, 1013: ours.',
      unit: 'ops',
      min: 0,
      isStacked: true,
      queries: [
        promql('sum by (code) (job_code:ws_connections_closed:rate2m{job=~"$job"})', '{{code}}'),
      ],
      links: [toAllErrorLogs],
      empty: 'No connection was closed.',
      emptyWhenHealthy: 'until somebody leaves, no connection has been closed',
    },
    {
      id: 10,
      title: 'Connections ended by the hub',
      kind: 'timeseries',
      width: 12,
      question: 'Whom does the hub itself send away, and why?',
      normal: 'none; draining at a deployment.',
      otherwise:
        'queue_full, stalled: slow clients. token_over: clients do not renew. too_many_refusals: a faulty client.',
      unit: 'ops',
      min: 0,
      queries: [
        promql(
          'sum by (job, reason) (rate(galley_connections_ended_total{job=~"$job"}[2m]))',
          '{{job}} {{reason}}',
        ),
      ],
      links: [toErrorLogs],
      empty: 'The hub ended no connection.',
      emptyWhenHealthy: 'the hub ends connections only when something is wrong with them',
    },
    {
      id: 11,
      title: 'Chat, and notifications of the database',
      kind: 'timeseries',
      width: 12,
      question: 'Do messages reach the people, and do instances hear of each other’s?',
      normal: 'recipients are mostly online; every notification succeeds.',
      otherwise:
        'errors or invalid ones: the log has `notification_failed`. None: `listener_lost`.',
      unit: 'ops',
      min: 0,
      queries: [
        promql(
          'sum by (recipient) (rate(galley_chat_messages_total{job=~"$job"}[2m]))',
          'chat, recipient {{recipient}}',
        ),
        promql(
          'sum by (channel, result) (rate(galley_notifications_total{job=~"$job"}[2m]))',
          '{{channel}}, {{result}}',
        ),
      ],
      links: [toAllErrorLogs],
      empty: 'No message and no notification.',
    },
  ],
};
