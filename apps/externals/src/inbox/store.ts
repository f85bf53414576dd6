import type { Logger } from '@watchkeeper/telemetry';
import {
  type AlertEntry,
  type AlertStatus,
  applyNotification,
  isHeartbeat,
  keyOf,
} from './entry.ts';
import { openJournal } from './journal.ts';
import type { WebhookNotification } from './notification.ts';
import { type RecoveredInbox, recoverInbox, type StoredLine } from './recovery.ts';

/** What the inbox needs. */
export interface InboxOptions {
  readonly file: string;
  /** How many alerts it holds; the oldest resolved ones leave first. */
  readonly capacity: number;
  readonly logger: Logger;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** What one notification brought. */
export interface Receipt {
  readonly firing: number;
  readonly resolved: number;
  readonly heartbeats: number;
  /** What had to leave to make room. */
  readonly dropped: readonly AlertEntry[];
}

/** The alerts people were notified of, on disk and in memory. */
export interface Inbox {
  /**
   * Keeps a notification; resolves once it is on the disk.
   * @throws Error of the file system; then nothing was kept and the sender should try again
   */
  receive(notification: WebhookNotification): Promise<Receipt>;
  /** The alerts that match, the one that started last first. */
  list(filter?: { status?: AlertStatus | undefined; alertname?: string | undefined }): AlertEntry[];
  /** When the watchdog was last heard, ISO 8601. */
  lastHeartbeatAt(): string | undefined;
  close(): Promise<void>;
}

// Between two rewrites the file may hold this many lines more than twice what is alive.
const spareLines = 1_000;

/**
 * Opens the inbox with what it held before.
 * @throws Error of the file system when its file can't be read or written
 */
export async function openInbox({ file, capacity, logger, now }: InboxOptions): Promise<Inbox> {
  const journal = await openJournal(file);
  const recovered = await recoverInbox(journal.initialLines, file, logger);
  const dropped = dropExcess(recovered.entries, capacity);
  logLoaded(logger, file, recovered, dropped.length);

  async function compact(state: InboxState): Promise<void> {
    try {
      await journal.rewrite([...linesOf(state.entries.values(), state.lastHeartbeatAt)]);
    } catch (error) {
      logger.warn({ event: 'inbox_compact_failed', file, err: error }, 'inbox file not rewritten');
    }
  }

  const { entries, lastHeartbeatAt, isComplete } = recovered;
  const state: InboxState = { entries, lastHeartbeatAt };
  if (isComplete && journal.lineCount() > entries.size) await compact(state);

  async function receive(notification: WebhookNotification): Promise<Receipt> {
    const receivedAt = new Date(now()).toISOString();
    const { changed, receipt } = digest(notification, entries, receivedAt);
    const heartbeatAt = receipt.heartbeats > 0 ? receivedAt : undefined;
    await journal.append([...linesOf(changed.values(), heartbeatAt)]);
    for (const [key, entry] of changed) entries.set(key, entry);
    state.lastHeartbeatAt = heartbeatAt ?? state.lastHeartbeatAt;
    const excess = dropExcess(entries, capacity);
    if (journal.lineCount() > 2 * entries.size + spareLines) await compact(state);
    return { ...receipt, dropped: excess };
  }
  return createInbox(state, receive, () => journal.close());
}

interface InboxState {
  readonly entries: Map<string, AlertEntry>;
  lastHeartbeatAt: string | undefined;
}

function createInbox(
  state: InboxState,
  receive: Inbox['receive'],
  close: () => Promise<void>,
): Inbox {
  // One at a time: two notifications of one alert must see each other, in the file as in memory.
  let last: Promise<unknown> = Promise.resolve();
  return {
    receive(notification) {
      const receipt = last.then(() => receive(notification));
      last = receipt.catch(() => undefined);
      return receipt;
    },
    list: ({ status, alertname } = {}) =>
      [...state.entries.values()]
        .filter((entry) => status === undefined || entry.status === status)
        .filter(({ labels }) => alertname === undefined || labels.alertname === alertname)
        .sort((one, other) => other.startsAt.localeCompare(one.startsAt)),
    lastHeartbeatAt: () => state.lastHeartbeatAt,
    async close() {
      await last;
      await close();
    },
  };
}

function digest(
  notification: WebhookNotification,
  entries: ReadonlyMap<string, AlertEntry>,
  receivedAt: string,
) {
  const changed = new Map<string, AlertEntry>();
  const receipt = { firing: 0, resolved: 0, heartbeats: 0 };
  for (const alert of notification.alerts) {
    if (isHeartbeat(alert)) {
      // A watchdog that resolved is no beat: it says that Prometheus' end of the path went silent.
      if (alert.status === 'firing') receipt.heartbeats += 1;
      continue;
    }
    const key = keyOf(alert);
    const previous = changed.get(key) ?? entries.get(key);
    changed.set(key, applyNotification(previous, alert, notification, receivedAt));
    receipt[alert.status] += 1;
  }
  return { changed, receipt };
}

/** Takes out what exceeds the capacity: resolved before firing, then who was heard longest ago. */
function dropExcess(entries: Map<string, AlertEntry>, capacity: number): AlertEntry[] {
  const excess = entries.size - capacity;
  if (excess <= 0) return [];
  const rank = ({ status, receivedAt }: AlertEntry) =>
    `${status === 'resolved' ? 0 : 1} ${receivedAt.last}`;
  const leaving = [...entries.values()]
    .sort((one, other) => rank(one).localeCompare(rank(other)))
    .slice(0, excess);
  for (const entry of leaving) entries.delete(keyOf(entry));
  return leaving;
}

function* linesOf(entries: Iterable<AlertEntry>, heartbeatAt: string | undefined) {
  const line = (stored: StoredLine) => JSON.stringify(stored);
  for (const alert of entries) yield line({ kind: 'alert', alert });
  if (heartbeatAt !== undefined) yield line({ kind: 'heartbeat', lastReceivedAt: heartbeatAt });
}

function logLoaded(
  logger: Logger,
  file: string,
  { entries, unreadable }: RecoveredInbox,
  dropped: number,
): void {
  const held = [...entries.values()];
  const firing = held.filter(({ status }) => status === 'firing').length;
  const fields = { file, firing, resolved: held.length - firing, unreadable, dropped };
  logger.info({ event: 'inbox_load_completed', ...fields }, 'inbox loaded');
}
