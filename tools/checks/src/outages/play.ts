import { setTimeout as sleep } from 'node:timers/promises';
import { request } from '../alertmanager/test-alert/client.ts';
import type { FiredAlert } from './timeline.ts';

/** A message that reached a person, as the inbox keeps it. */
export interface Message {
  readonly channel: 'slack' | 'pager' | 'mail';
  readonly status: 'firing' | 'resolved';
  readonly alertname: string;
  readonly receivedAt: string;
}

/** A running Alertmanager, and the inbox to which it sends; their time is compressed by the factor. */
export interface Notifier {
  readonly alertmanager: string;
  readonly inbox: string;
  readonly timeFactor: number;
}

// As shipped a group waits half a minute, and as long again for what joins it; then nothing changes
// until the next alert, however long that takes.
const longestWaitSeconds = 70;

/**
 * Sends the alerts of a timeline to Alertmanager, when they begin and when they end, and returns the
 * messages that people would have got. Long pauses are shortened.
 */
export async function playTimeline(
  timeline: readonly FiredAlert[],
  { alertmanager, inbox, timeFactor }: Notifier,
  labelsOf: (job: string) => Readonly<Record<string, string>>,
): Promise<Message[]> {
  const startedAt = new Date().toISOString();
  const began = new Map<FiredAlert, string>();
  const waitFor = (seconds: number) =>
    sleep((Math.min(seconds, longestWaitSeconds) * 1_000) / timeFactor);
  let now: number | undefined;
  for (const { seconds, alerts } of changesOf(timeline)) {
    await waitFor(seconds - (now ?? seconds));
    now = seconds;
    await send(
      alertmanager,
      alerts.map((alert) => posted(alert, seconds, began, labelsOf)),
    );
  }
  // The last group's wait, and its interval.
  await waitFor(longestWaitSeconds);
  await waitFor(longestWaitSeconds);
  const { messages } = await read<{ messages: Message[] }>('the inbox', `${inbox}/api/v1/messages`);
  return messages.filter(({ receivedAt }) => receivedAt >= startedAt);
}

/** The times at which alerts begin or end, with these. */
function changesOf(timeline: readonly FiredAlert[]) {
  const changes = timeline.flatMap((alert) => [
    { seconds: alert.firesAt, alert },
    { seconds: alert.endsAt, alert },
  ]);
  const bySecond = Map.groupBy(changes, ({ seconds }) => seconds);
  return [...bySecond]
    .sort(([one], [other]) => one - other)
    .map(([seconds, all]) => ({ seconds, alerts: all.map(({ alert }) => alert) }));
}

function posted(
  alert: FiredAlert,
  seconds: number,
  began: Map<FiredAlert, string>,
  labelsOf: (job: string) => Readonly<Record<string, string>>,
) {
  const { labels } = alert;
  const isOver = alert.endsAt === seconds;
  const nowMs = Date.now();
  const startsAt = began.get(alert) ?? new Date(nowMs).toISOString();
  began.set(alert, startsAt);
  return {
    labels: { ...labels, ...(labels.job ? labelsOf(labels.job) : {}) },
    annotations: { summary: `${labels.alertname} is played.` },
    startsAt,
    endsAt: new Date(isOver ? nowMs : nowMs + 3_600_000).toISOString(),
  };
}

async function send(alertmanager: string, alerts: readonly object[]): Promise<void> {
  await request('Alertmanager', `${alertmanager}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(alerts),
  });
}

async function read<T>(who: string, url: string): Promise<T> {
  return (await (await request(who, url)).json()) as T;
}
