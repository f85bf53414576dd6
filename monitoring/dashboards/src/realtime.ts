import {
  count,
  decimal,
  perSecond,
  ratio,
  seconds,
  share,
  stackedPerSecond,
} from './shapes/graphs.ts';
import { toAllErrorLogs, toErrorLogs } from './shapes/links.ts';
import { byJob, promql, sumBy } from './shapes/queries.ts';
import type { DashboardSpec } from './shapes/spec.ts';

export const realtime: DashboardSpec = {
  uid: 'realtime',
  title: 'Realtime',
  purpose: 'WebSocket connections and message delivery.',
  empty: 'No messages sent.',
  panels: [
    ratio(1, 'Connections compared with ten minutes ago', {
      question: 'Did many clients disconnect at once?',
      normal: 'about 100 %: people come and go one by one.',
      otherwise:
        'it fell to 50 %: an instance, a load balancer or a network failed; see “Disconnects by close code”.',
      queries: promql(`
        job:ws_connections_active:sum{job=~"$job"}
        / (avg_over_time(job:ws_connections_active:sum{job=~"$job"}[10m] offset 2m) > 0)
      `),
      legend: '{{job}}',
      alerts: [{ name: 'WebSocketMassDisconnect' }],
      links: [toErrorLogs],
      empty: 'No connections ten minutes ago.',
    }),
    decimal(2, 'Dropped messages per minute', {
      question: 'Are messages being dropped?',
      normal: 'none. Messages to clients that have left do not count.',
      otherwise:
        'clients read more slowly than messages are sent: see “Deepest message queue”, “Slow consumers”.',
      queries: promql(`
        60 * sum by (job, type) (job_type_reason:channel_dropped_messages:rate2m{job=~"$job", reason!="closed"})
      `),
      legend: '{{job}} {{type}}',
      alerts: [{ name: 'MessagesDropped' }],
      links: [toErrorLogs],
      empty: 'No dropped messages.',
      emptyWhenHealthy: 'the series exists from the first dropped message of a type on',
    }),
    share(3, 'Deepest message queue', {
      question: 'How full is the slowest client’s queue?',
      normal: 'nearly empty: messages are read immediately.',
      otherwise:
        'one client is slow: it is disconnected soon. All are: the server is slow, see “Node.js”.',
      queries: byJob('job_type:channel_queue_depth_per_limit:ratio', 'type'),
      alerts: [{ name: 'MessageQueueDeep' }],
      links: [toErrorLogs],
      empty: 'No message queues.',
    }),
    count(4, 'Connections and users', {
      question: 'How many connections are open, of how many users?',
      normal: 'the daily pattern; a little over one connection per user.',
      otherwise: 'many connections per user: clients that reconnect without closing.',
      queries: [
        promql('job:ws_connections_active:sum{job=~"$job"}', 'connections, {{job}}'),
        promql('job:galley_users_online:sum{job=~"$job"}', 'users, {{job}}'),
      ],
      empty: 'No WebSocket connections.',
    }),
    seconds(5, 'Message latency p95', {
      question: 'How long do 5 % of messages wait, or longer, until they are sent?',
      normal: 'under 50 ms.',
      otherwise:
        'the server is slow, or its clients are: see “Event loop lag p99”, “Slow consumers”.',
      queries: byJob('job:galley_message_wait_seconds:p95_rate2m'),
    }),
    count(6, 'Slow consumers', {
      question: 'How many clients have a message waiting for over a second?',
      normal: 'none or a few, on bad networks.',
      otherwise: 'many at once: not their networks, but the server or a proxy in front of it.',
      queries: byJob('job:galley_slow_consumers:sum'),
      links: [toErrorLogs],
      empty: 'No slow-consumer metrics.',
    }),
    stackedPerSecond(7, 'Messages sent by type', {
      question: 'Which messages are sent?',
      normal: 'order statuses and presence above chat.',
      otherwise:
        'one type jumped: a loop between client and server. None: no activity, or no clients.',
      queries: sumBy('job_type:ws_messages_sent:rate2m', 'type'),
    }),
    stackedPerSecond(8, 'Messages received by type', {
      question: 'Which messages do clients send?',
      normal: 'heartbeats, subscriptions, some chat.',
      otherwise: 'many of one type: a client that repeats itself; the log names rejected messages.',
      queries: sumBy('job_type:ws_messages_received:rate2m', 'type'),
      empty: 'No messages received.',
    }),
    stackedPerSecond(9, 'Disconnects by close code', {
      question: 'How do connections end?',
      normal: '1000 and 1001: people leave.',
      otherwise:
        '1006: a network or a process failed. 1008, 1009: rejected. 1011, 1013: our errors.',
      queries: sumBy('job_code:ws_connections_closed:rate2m', 'code'),
      links: [toAllErrorLogs],
      empty: 'No disconnects.',
      emptyWhenHealthy: 'no connection is closed until the first client leaves',
    }),
    perSecond(10, 'Connections closed by the server', {
      width: 12,
      question: 'Which connections does the server close, and why?',
      normal: 'none; draining during a deployment.',
      otherwise:
        'queue_full, stalled: slow clients. token_over: clients do not renew. too_many_refusals: a faulty client.',
      queries: promql(
        'sum by (job, reason) (rate(galley_connections_ended_total{job=~"$job"}[2m]))',
        '{{job}} {{reason}}',
      ),
      links: [toErrorLogs],
      empty: 'No connections closed by the server.',
      emptyWhenHealthy: 'the server closes faulty connections only',
    }),
    perSecond(11, 'Chat messages and database notifications', {
      width: 12,
      question:
        'Do chat messages reach people, and do instances receive each other’s notifications?',
      normal: 'recipients are mostly online; all notifications succeed.',
      otherwise:
        'errors or invalid ones: the log has `notification_failed`. None: `listener_lost`.',
      queries: [
        promql(
          'sum by (recipient) (job_recipient:galley_chat_messages:rate2m{job=~"$job"})',
          'chat, recipient {{recipient}}',
        ),
        promql(
          'sum by (channel, result) (job_channel_result:galley_notifications:rate2m{job=~"$job"})',
          '{{channel}}, {{result}}',
        ),
      ],
      links: [toAllErrorLogs],
      empty: 'No chat messages and no notifications.',
    }),
  ],
};
