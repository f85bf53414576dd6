import { count, decimal, ratio, seconds, share, stat } from './shapes/graphs.ts';
import { toDashboard, toErrorLogs, toErrorTraces } from './shapes/links.ts';
import { promql, promqlNow } from './shapes/queries.ts';
import type { DashboardSpec } from './shapes/spec.ts';

export const probes: DashboardSpec = {
  uid: 'probes',
  title: 'From outside',
  purpose:
    'What customers see: addresses, names and certificates; and whether they come and order.',
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
    ratio(8, 'Requests (of the usual)', {
      question: 'Do as many customers come as in the last three hours?',
      normal: 'around 100 %, less towards the night.',
      otherwise: 'it falls at once: customers do not get through, although the services are well.',
      queries: promql(
        'job:http_requests:rate2m / (job:http_requests_rate2m:usual{job=~"$job"} > 0)',
        '{{job}}',
      ),
      alerts: [{ name: 'RequestsStopped', isDrawn: false }],
      links: [toDashboard('http', 'Requests')],
    }),
    decimal(9, 'Orders and captures per minute', {
      question: 'Do customers order, and pay?',
      normal: 'the daily pattern.',
      otherwise: 'none, while requests come: a button, a menu or a price is broken.',
      queries: promql('60 * job_type:sales:rate5m{job=~"$job"}', '{{type}}, {{job}}'),
      alerts: [{ name: 'OrdersStopped', isDrawn: false }],
      links: [toDashboard('business', 'Business')],
      empty: 'No orders.',
    }),
    ratio(10, 'Failed steps of synthetic orders', {
      question: 'Can a customer order, pay and capture, through the gateway?',
      normal: '0 %; a declined card is no failure.',
      otherwise: 'look at the errors of the services first; without any, an answer is wrong.',
      queries: promql('job:order_path_failures_per_requests:ratio_rate2m{job=~"$job"}', '{{job}}'),
      alerts: [{ name: 'OrderPathFailing' }],
      links: [toErrorLogs, toErrorTraces],
      empty: 'No synthetic orders.',
    }),
  ],
};
