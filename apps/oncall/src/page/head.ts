import { type Html, html } from '@watchkeeper/viewer';
import type { AlertEntry } from '../inbox/entry.ts';
import type { Heartbeat } from '../inbox/heartbeat.ts';
import type { ListedSilence } from '../silences/alertmanager.ts';
import { severityOf, severityOrder } from './severity.ts';
import { formatDuration, moment } from './time.ts';

/** The number of firing alerts, and a warning if the heartbeat is late, for the tab's title. */
export function titleMark(firing: readonly AlertEntry[], { status }: Heartbeat): string {
  const late = status === 'late' ? '⚠ ' : '';
  return firing.length === 0 ? late : `${late}(${firing.length}) `;
}

/** How many alerts are firing, by severity. */
export function verdict(firing: readonly AlertEntry[], heartbeat: Heartbeat): Html {
  if (firing.length === 0) return quietVerdict(heartbeat);
  const [worst] = firing;
  const counts = severityOrder
    .map((name) => [name, firing.filter((entry) => severityOf(entry) === name).length] as const)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${count} ${name}`);
  const sum = firing.length === 1 ? '1 alert is firing' : `${firing.length} alerts are firing`;
  return html`<p class="verdict ${worst === undefined ? '' : severityOf(worst)}" data-announce>
    <strong>${sum}</strong> ${counts.join(', ')}</p>`;
}

/** No alert is good news only while the heartbeat shows that alerts would arrive. */
function quietVerdict({ status }: Heartbeat): Html {
  if (status === 'alive') {
    return html`<p class="verdict quiet" data-announce><strong>All quiet.</strong> No firing
    alerts.</p>`;
  }
  const tone = status === 'late' ? 'critical' : '';
  return html`<p class="verdict ${tone}" data-announce><strong>No firing alerts</strong>
    received.</p>`;
}

/** Whether alerts can reach this page. */
export function heartbeatLine(heartbeat: Heartbeat): Html {
  const { status, lastReceivedAt, ageSeconds } = heartbeat;
  if (status === 'late') return lateHeartbeat(heartbeat);
  if (lastReceivedAt === null || ageSeconds === null) {
    return html`<p class="heartbeat absent">No heartbeat yet. Until the first one, nothing shows
      that alerts can reach this page.</p>`;
  }
  return html`<p class="heartbeat alive"><span>Last heartbeat
    <strong>${formatDuration(ageSeconds * 1_000)} ago</strong>, ${moment(lastReceivedAt)}.</span></p>`;
}

/** Nobody is notified while a silence mutes everything, not even of that. */
export function muteLine(silences: readonly ListedSilence[]): Html | false {
  return (
    silences.length > 0 &&
    html`<div class="heartbeat late" role="alert">${silences.map(
      ({
        createdBy,
        comment,
        endsAt,
      }) => html`<p><strong>Everything is silenced</strong> until ${moment(endsAt)}
      by ${createdBy}: ${comment}. Follow the <a href="/runbooks/SilenceOverEverything">runbook</a>.</p>`,
    )}</div>`
  );
}

function lateHeartbeat({ lastReceivedAt, ageSeconds, lateSince }: Heartbeat): Html {
  const last =
    lastReceivedAt === null || ageSeconds === null
      ? html`No heartbeat has ever arrived`
      : html`No heartbeat for <strong>${formatDuration(ageSeconds * 1_000)}</strong>, since
        ${moment(lastReceivedAt)}`;
  return html`<div class="heartbeat late" role="alert">
    <p><strong>Alerts may not reach you.</strong> ${last}; late since ${moment(lateSince ?? '')}.
    Watch Prometheus manually and follow the
    <a href="/runbooks/Watchdog">runbook</a>.</p></div>`;
}
