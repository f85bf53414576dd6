import type { Telemetry } from '@watchkeeper/telemetry';
import { oncallMetrics } from '../catalogue.ts';
import type { Live } from '../page/live.ts';
import { alertStatuses } from './entry.ts';
import type { Inbox } from './store.ts';

/** Sets the inbox's gauges at each scrape. */
export function watchInbox({ declareMetrics }: Telemetry, inbox: Inbox, live: Live): void {
  const metrics = declareMetrics(oncallMetrics);
  const alerts = metrics.gauge('inbox_alerts');
  const heartbeat = metrics.gauge('inbox_last_heartbeat_timestamp_seconds');
  const clients = metrics.gauge('inbox_live_clients');
  alerts.collect(() => {
    for (const status of alertStatuses) alerts.set(inbox.list({ status }).length, { status });
  });
  heartbeat.collect(() => {
    const at = inbox.lastHeartbeatAt();
    heartbeat.set(at === undefined ? 0 : Date.parse(at) / 1_000);
  });
  clients.collect(() => clients.set(live.clientCount()));
}
