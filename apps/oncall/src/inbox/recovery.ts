import { appendFile } from 'node:fs/promises';
import type { Logger } from '@watchkeeper/telemetry';
import { z } from 'zod';
import { type Act, act } from '../audit/act.ts';
import { type InboxMessage, inboxMessage } from '../receivers/message.ts';
import { type AlertEntry, alertEntry, keyOf } from './entry.ts';

/** A line of the inbox file: the newest state of one alert or of the heartbeat, a message or an act. */
const storedLine = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('alert'), alert: alertEntry }),
  z.object({ kind: z.literal('message'), message: inboxMessage }),
  z.object({ kind: z.literal('act'), act }),
  z.object({ kind: z.literal('heartbeat'), lastReceivedAt: z.iso.datetime() }),
]);

export type StoredLine = z.output<typeof storedLine>;

export type RecoveredInbox = Awaited<ReturnType<typeof recoverInbox>>;

/**
 * Reads the lines of the inbox file, the newest state of each alert last. A damaged line, such as
 * the one a crash cut off, is set aside in `<file>.unreadable` and reported; the rest counts.
 */
export async function recoverInbox(lines: readonly string[], file: string, logger: Logger) {
  const entries = new Map<string, AlertEntry>();
  const messages: InboxMessage[] = [];
  const acts: Act[] = [];
  let lastHeartbeatAt: string | undefined;
  let unreadable = 0;
  // Whether every damaged line is set aside, so that the file may be rewritten without it.
  let isComplete = true;
  for (const [index, line] of lines.entries()) {
    const stored = parse(line);
    if (typeof stored === 'string') {
      unreadable += 1;
      const keptIn = await setAside(line, `${file}.unreadable`);
      isComplete &&= keptIn !== undefined;
      const fields = { file, line: index + 1, reason: stored, kept_in: keptIn };
      logger.warn({ event: 'inbox_entry_unreadable', ...fields }, 'inbox entry not readable');
    } else if (stored.kind === 'heartbeat') {
      lastHeartbeatAt = stored.lastReceivedAt;
    } else if (stored.kind === 'message') {
      messages.push(stored.message);
    } else if (stored.kind === 'act') {
      acts.push(stored.act);
    } else {
      entries.set(keyOf(stored.alert), stored.alert);
    }
  }
  // Newest first.
  messages.reverse();
  acts.reverse();
  return { entries, messages, acts, lastHeartbeatAt, unreadable, isComplete };
}

/** Copies a damaged line to a file; returns undefined on a full disk. */
async function setAside(line: string, file: string): Promise<string | undefined> {
  try {
    await appendFile(file, `${line}\n`, { mode: 0o600 });
    return file;
  } catch {
    return undefined;
  }
}

/** The line, or why it is unreadable. */
function parse(line: string): StoredLine | string {
  try {
    const result = storedLine.safeParse(JSON.parse(line));
    if (result.success) return result.data;
    return result.error.issues
      .map(({ path, message }) => `${path.join('.')}: ${message}`)
      .join(' ');
  } catch {
    return 'Expected one JSON object, got something else.';
  }
}
