import { type Html, html } from '@watchkeeper/viewer';
import { idOf } from '../inbox/entry.ts';
import { formatDuration } from '../page/time.ts';
import type { InboxView } from '../page/view.ts';

/** A pager links to the runbook alone; this links to its firing alerts, which have the labels. */
export function firingOf(name: string, { alerts, now }: InboxView): Html | false {
  const firing = alerts.filter(
    ({ labels, status }) => labels.alertname === name && status === 'firing',
  );
  if (firing.length === 0) return false;
  const items = firing.slice(0, 20).map((entry) => {
    const { alertname: _, severity: __, component: ___, ...labels } = entry.labels;
    const text = Object.values(labels).join(' · ') || name;
    const duration = formatDuration(now - Date.parse(entry.startsAt));
    return html`<li><a href="/alerts/${idOf(entry)}">${text}</a> for ${duration}</li>`;
  });
  return html`<section class="firing-now" aria-labelledby="firing-now">
  <h2 id="firing-now">Firing now</h2>
  <p>Open one to fill in its labels.</p>
  <ul>${items}</ul>
</section>`;
}
