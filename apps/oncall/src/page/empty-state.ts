import { type Html, html } from '@watchkeeper/viewer';

/** Explains an empty inbox, with a command that sends a test. */
export function emptyState(origin: string, now: number): Html {
  const notification = {
    version: '4',
    groupKey: 'test',
    receiver: 'test',
    alerts: [
      {
        status: 'firing',
        labels: { alertname: 'TestAlert', severity: 'warning' },
        annotations: { summary: 'Only a test.' },
        startsAt: new Date(now).toISOString(),
        fingerprint: 'test',
      },
    ],
  };
  return html`<section class="empty" aria-labelledby="empty">
  <h2 id="empty">No alerts yet</h2>
  <p>Alerts appear here when Alertmanager sends them, and stay after they are resolved. With a
    heartbeat above, an empty page is good news. Without one, check that Alertmanager's receiver
    points at <code>${origin}/webhooks/alertmanager</code>.</p>
  <p>To see one now, send a test. Send it again with <code>resolved</code> in place of
    <code>firing</code> to end it.</p>
  <pre><code>curl -fsS ${origin}/webhooks/alertmanager \\
  -H 'content-type: application/json' \\
  -d '${JSON.stringify(notification)}'</code></pre>
</section>`;
}
