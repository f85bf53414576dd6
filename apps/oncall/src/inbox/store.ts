import { randomUUID } from 'node:crypto';
import type { Logger } from '@watchkeeper/telemetry';
import type { Act } from '../audit/act.ts';
import { boundMessage, type InboxMessage, type ReceivedMessage } from '../receivers/message.ts';
import { createCompaction, type InboxState, linesOf } from './compaction.ts';
import { digest, dropExcess, type Receipt } from './digest.ts';
import type { AlertEntry, AlertStatus } from './entry.ts';
import { openJournal } from './journal.ts';
import type { WebhookNotification } from './notification.ts';
import { type RecoveredInbox, recoverInbox } from './recovery.ts';

interface InboxOptions {
  readonly file: string;
  /** Of alerts, and of messages; the oldest resolved ones are dropped first. */
  readonly capacity: number;
  readonly logger: Logger;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** The received alerts and messages, on disk and in memory. */
export interface Inbox {
  /**
   * Stores a notification; resolves once it is on the disk.
   * @throws Error of the file system; then nothing was stored and the sender should retry
   */
  receive(notification: WebhookNotification): Promise<Receipt>;
  /** Stores a message of another channel, as `receive` does. */
  receiveMessage(message: ReceivedMessage): Promise<InboxMessage>;
  /** Stores an act, as `receive` does, unless one with its id is there; returns whether it was new. */
  recordAct(act: Act): Promise<boolean>;
  /** Newest first. */
  acts(): readonly Act[];
  /** Stores a heartbeat, as `receive` does. */
  beat(): Promise<void>;
  /** The matching alerts, latest start first. */
  list(filter?: { status?: AlertStatus | undefined; alertname?: string | undefined }): AlertEntry[];
  /** Newest first. */
  messages(): readonly InboxMessage[];
  /** ISO 8601. */
  lastHeartbeatAt(): string | undefined;
  /** When this process started to listen for heartbeats, ISO 8601. */
  readonly listeningSince: string;
  /** Calls back after each change; returns the function that unsubscribes. */
  onChange(listener: () => void): () => void;
  close(): Promise<void>;
}

/**
 * Opens the inbox and reads its file.
 * @throws Error of the file system when its file can't be read or written
 */
export async function openInbox({ file, capacity, logger, now }: InboxOptions): Promise<Inbox> {
  const journal = await openJournal(file);
  const recovered = await recoverInbox(journal.initialLines, file, logger);
  const { entries, messages, acts, lastHeartbeatAt, isComplete } = recovered;
  const dropped = dropExcess(entries, capacity);
  const state: InboxState = {
    ...{ entries, lastHeartbeatAt, messages: messages.slice(0, capacity) },
    acts: acts.slice(0, capacity),
  };
  logLoaded(logger, file, recovered, dropped.length);

  const { compact, compactWhenLong, aliveCount } = createCompaction(state, journal, file, logger);
  if (isComplete && journal.lineCount() > aliveCount()) await compact();

  const timestamp = () => new Date(now()).toISOString();
  return createInbox(state, timestamp(), {
    async receive(notification: WebhookNotification) {
      const receivedAt = timestamp();
      const { changed, receipt } = digest(notification, entries, receivedAt);
      const heartbeatAt = receipt.heartbeats > 0 ? receivedAt : undefined;
      await journal.append(linesOf([...changed.values()], [], heartbeatAt));
      for (const [key, entry] of changed) entries.set(key, entry);
      state.lastHeartbeatAt = heartbeatAt ?? state.lastHeartbeatAt;
      const excess = dropExcess(entries, capacity);
      await compactWhenLong();
      return { ...receipt, dropped: excess };
    },
    async receiveMessage(received: ReceivedMessage) {
      const message = { id: randomUUID(), receivedAt: timestamp(), ...boundMessage(received) };
      await journal.append(linesOf([], [message], undefined));
      state.messages = [message, ...state.messages].slice(0, capacity);
      await compactWhenLong();
      return message;
    },
    async recordAct(act: Act) {
      if (state.acts.some(({ id }) => id === act.id)) return false;
      await journal.append(linesOf([], [], undefined, [act]));
      state.acts = [act, ...state.acts].slice(0, capacity);
      await compactWhenLong();
      return true;
    },
    async beat() {
      const receivedAt = timestamp();
      await journal.append(linesOf([], [], receivedAt));
      state.lastHeartbeatAt = receivedAt;
      await compactWhenLong();
    },
    close: () => journal.close(),
  });
}

type Changes = Pick<Inbox, 'receive' | 'receiveMessage' | 'recordAct' | 'beat' | 'close'>;

function createInbox(state: InboxState, listeningSince: string, changes: Changes): Inbox {
  const listeners = new Set<() => void>();
  // One change at a time: two notifications of one alert must not overlap.
  let last: Promise<unknown> = Promise.resolve();
  async function inTurn<T>(change: () => Promise<T>): Promise<T> {
    const result = last.then(change);
    last = result.catch(() => undefined);
    const done = await result;
    for (const listener of listeners) listener();
    return done;
  }
  return {
    receive: (notification) => inTurn(() => changes.receive(notification)),
    receiveMessage: (message) => inTurn(() => changes.receiveMessage(message)),
    recordAct: (act) =>
      state.acts.some(({ id }) => id === act.id)
        ? Promise.resolve(false)
        : inTurn(() => changes.recordAct(act)),
    acts: () => state.acts,
    beat: () => inTurn(() => changes.beat()),
    list: ({ status, alertname } = {}) =>
      [...state.entries.values()]
        .filter((entry) => status === undefined || entry.status === status)
        .filter(({ labels }) => alertname === undefined || labels.alertname === alertname)
        .sort((one, other) => other.startsAt.localeCompare(one.startsAt)),
    messages: () => state.messages,
    lastHeartbeatAt: () => state.lastHeartbeatAt,
    listeningSince,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      await last;
      await changes.close();
    },
  };
}

function logLoaded(
  logger: Logger,
  file: string,
  { entries, messages, unreadable }: RecoveredInbox,
  dropped: number,
): void {
  const held = [...entries.values()];
  const firing = held.filter(({ status }) => status === 'firing').length;
  const counts = { firing, resolved: held.length - firing, messages: messages.length };
  const fields = { file, ...counts, unreadable, dropped };
  logger.info({ event: 'inbox_load_completed', ...fields }, 'inbox loaded');
}
