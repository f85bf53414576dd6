import type { Logger } from '@watchkeeper/telemetry';
import type { Act } from '../audit/act.ts';
import type { InboxMessage } from '../receivers/message.ts';
import type { AlertEntry } from './entry.ts';
import type { openJournal } from './journal.ts';
import type { StoredLine } from './recovery.ts';

// Lines that the file may have, beyond twice the current ones, before it is rewritten.
const spareLines = 1_000;

/** The inbox in memory. */
export interface InboxState {
  readonly entries: Map<string, AlertEntry>;
  /** The newest first. */
  messages: InboxMessage[];
  acts: Act[];
  lastHeartbeatAt: string | undefined;
}

/** Rewrites the file with the current lines alone. */
export function createCompaction(
  state: InboxState,
  journal: Awaited<ReturnType<typeof openJournal>>,
  file: string,
  logger: Logger,
) {
  const aliveCount = () => state.entries.size + state.messages.length + state.acts.length;
  async function compact(): Promise<void> {
    const { entries, messages, lastHeartbeatAt, acts } = state;
    const oldestFirst = [messages.toReversed(), lastHeartbeatAt, acts.toReversed()] as const;
    try {
      await journal.rewrite(linesOf([...entries.values()], ...oldestFirst));
    } catch (error) {
      logger.warn({ event: 'inbox_compact_failed', file, err: error }, 'inbox file not rewritten');
    }
  }
  async function compactWhenLong(): Promise<void> {
    if (journal.lineCount() > 2 * aliveCount() + spareLines) await compact();
  }
  return { compact, compactWhenLong, aliveCount };
}

/** The lines of the inbox file. */
export function linesOf(
  entries: readonly AlertEntry[],
  messages: readonly InboxMessage[],
  heartbeatAt: string | undefined,
  acts: readonly Act[] = [],
): string[] {
  const beats = heartbeatAt === undefined ? [] : [heartbeatAt];
  const lines: StoredLine[] = [
    ...entries.map((alert) => ({ kind: 'alert' as const, alert })),
    ...messages.map((message) => ({ kind: 'message' as const, message })),
    ...acts.map((act) => ({ kind: 'act' as const, act })),
    ...beats.map((lastReceivedAt) => ({ kind: 'heartbeat' as const, lastReceivedAt })),
  ];
  return lines.map((line) => JSON.stringify(line));
}
