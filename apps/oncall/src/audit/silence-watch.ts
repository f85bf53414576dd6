import type { Telemetry } from '@watchkeeper/telemetry';
import { oncallMetrics } from '../catalogue.ts';
import type { Inbox } from '../inbox/store.ts';
import { createSilenceClient, type ListedSilence, SilenceError } from '../silences/alertmanager.ts';
import { coversEverything, formatMatchers } from './scope.ts';

export type SilenceWatch = ReturnType<typeof createSilenceWatch>;

interface WatchOptions {
  readonly alertmanagerQueryUrl: string | undefined;
  readonly telemetry: Telemetry;
  readonly inbox: Inbox;
  /** Called when a silence over everything begins or ends. */
  readonly onChange: () => void;
}

/** Records each silence of Alertmanager, wherever it was created, and finds those over everything. */
export function createSilenceWatch(options: WatchOptions) {
  const { alertmanagerQueryUrl, telemetry, inbox, onChange } = options;
  // Without spans: nobody looks for the trace of a poll.
  const client = alertmanagerQueryUrl && createSilenceClient(alertmanagerQueryUrl, fetch);
  let everything: readonly ListedSilence[] = [];
  let others = 0;
  let isReadable = true;
  const gauge = telemetry.declareMetrics(oncallMetrics).gauge('inbox_silences');
  gauge.collect(() => {
    gauge.set(everything.length, { scope: 'everything' });
    gauge.set(others, { scope: 'alerts' });
  });

  async function poll(): Promise<void> {
    if (!client) return;
    try {
      const silences = await client.all();
      for (const silence of silences) await record(silence, inbox, telemetry);
      const active = silences.filter(({ status }) => status.state === 'active');
      const before = everything.map(({ id }) => id).join();
      everything = active.filter(({ matchers }) => coversEverything(matchers));
      others = active.length - everything.length;
      isReadable = true;
      if (everything.map(({ id }) => id).join() !== before) onChange();
    } catch (error) {
      if (!(error instanceof SilenceError)) throw error;
      const event = { event: 'inbox_silences_unreadable', reason: error.message };
      if (isReadable) telemetry.logger.warn(event, 'silences not readable');
      isReadable = false;
    }
  }
  return {
    poll,
    /** The active silences that mute everything, as of the last poll. */
    overEverything: () => everything,
  };
}

async function record(silence: ListedSilence, inbox: Inbox, { logger }: Telemetry) {
  const { id, createdBy, comment, startsAt, endsAt, updatedAt, matchers, status } = silence;
  const subject = formatMatchers(matchers);
  const common = { reference: id, subject, comment };
  const isNew = await inbox.recordAct({
    ...{ id: `silence_created ${id}`, kind: 'silence_created', at: startsAt, by: createdBy },
    ...common,
  });
  const fields = { silence_id: id, matchers: subject };
  if (isNew) {
    const all = { ...fields, author: createdBy, comment, ends_at: endsAt };
    logger.info({ event: 'silence_create_observed', ...all }, 'silence observed');
  }
  // Its time ran out without anybody's act, unless it was changed when it ended.
  if (status.state !== 'expired' || Date.parse(updatedAt) + 1_000 < Date.parse(endsAt)) return;
  const ended = { id: `silence_expired ${id}`, kind: 'silence_expired', at: endsAt } as const;
  if (await inbox.recordAct({ ...ended, by: 'somebody outside of this page', ...common })) {
    logger.info({ event: 'silence_expire_observed', ...fields }, 'silence expiry observed');
  }
}
