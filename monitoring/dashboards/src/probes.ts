import { count, decimal, seconds, share, stat } from './shapes/graphs.ts';
import { toErrorLogs, toErrorTraces } from './shapes/links.ts';
import { promql, promqlNow } from './shapes/queries.ts';
import type { DashboardSpec } from './shapes/spec.ts';

export const probes: DashboardSpec = {
  uid: 'probes',
  title: 'From outside',
  purpose: 'Addresses as a customer would see them: answers, durations, names and certificates.',
  empty: 'No probes.',
  panels: [
    stat(1, 'Probes', {
      width: 8,
      height: 8,
      question: 'Does each address answer as a customer needs it?',
      normal: 'yes.',
      otherwise: 'a customer has the same problem: the panels below show how far a request gets.',
      valueTexts: { 0: 'fails', 1: 'answers' },
      queries: promqlNow('min by (job) (probe_success{job=~"$job"})', '{{job}}'),
      alerts: [{ name: 'ProbeFailing' }],
      links: [toErrorLogs, toErrorTraces],
    }),
    share(2, 'Successful probes', {
      question: 'Which share of the probes of an hour succeeds?',
      normal: '100 %.',
      otherwise: 'under 100 % without an alert: short interruptions, such as restarts.',
      queries: promql('min by (job) (avg_over_time(probe_success{job=~"$job"}[1h]))', '{{job}}'),
    }),
    count(3, 'Status code', {
      question: 'With which status does the address answer?',
      normal: '200.',
      otherwise:
        '0: nothing answers. 502 to 504: the gateway does not reach the service behind it.',
      queries: promql('max by (job) (probe_http_status_code{job=~"$job"})', '{{job}}'),
    }),
    seconds(4, 'Probe duration', {
      question: 'How long does a probe take?',
      normal: 'under 200 ms.',
      otherwise: 'near four seconds it fails: compare with the phases on the right.',
      queries: promql('max by (job) (probe_duration_seconds{job=~"$job"})', '{{job}}'),
    }),
    seconds(5, 'Slowest phase', {
      question: 'Which phase takes the time?',
      normal: 'processing: the service itself.',
      otherwise: 'resolve: the name server. connect or tls: the network, or a busy gateway.',
      queries: promql('max by (phase) (probe_http_duration_seconds{job=~"$job"})', '{{phase}}'),
    }),
    seconds(6, 'Name lookup', {
      question: 'How long does the name of the address take to resolve?',
      normal: 'milliseconds.',
      otherwise: 'seconds: the resolver does not answer. The alert fires once there is no address.',
      queries: promql('max by (job) (probe_dns_lookup_time_seconds{job=~"$job"})', '{{job}}'),
      alerts: [{ name: 'ProbeDnsFailing', isDrawn: false }],
    }),
    decimal(7, 'Days until certificates expire', {
      width: 24,
      height: 6,
      question: 'For how many days is the earliest certificate of each chain valid?',
      normal: 'over thirty, with a step up at each renewal.',
      otherwise: 'under thirty and falling: renewal fails.',
      queries: promql(
        'min by (instance) (probe_ssl_earliest_cert_expiry{job=~"$job"} - time()) / 86400',
        '{{instance}}',
      ),
      alerts: [{ name: 'CertificateExpiring', isDrawn: false }],
      empty: 'No probed address has a certificate.',
      emptyWhenHealthy: 'no probed address has a certificate',
    }),
  ],
};
