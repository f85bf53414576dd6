import { instrumentFetch } from '@watchkeeper/telemetry';
import { z } from 'zod';
import { matcherOf } from '../page/links.ts';

interface SilenceRequest {
  /** Alerts with all of these labels. */
  readonly labels: Readonly<Record<string, string>>;
  /** Milliseconds since 1970. */
  readonly startsAt: number;
  readonly endsAt: number;
  readonly createdBy: string;
  readonly comment: string;
}

export type SilenceClient = ReturnType<typeof createSilenceClient>;

/** Alertmanager is unreachable or rejected the request; the message is for the reader. */
export class SilenceError extends Error {
  override readonly name = 'SilenceError';
}

const timeoutMs = 5_000;

const alerts = z.array(
  z.object({
    labels: z.record(z.string(), z.string()),
    status: z.object({ silencedBy: z.array(z.string()) }),
  }),
);
const silence = z.object({
  id: z.string(),
  endsAt: z.string(),
  createdBy: z.string(),
  comment: z.string(),
});
export type Silence = z.output<typeof silence>;
const matcher = z.object({
  name: z.string(),
  value: z.string(),
  isRegex: z.boolean(),
  // Old versions have equality alone.
  isEqual: z.boolean().default(true),
});
export type SilenceMatcher = z.output<typeof matcher>;
const when = z.iso.datetime({ offset: true }).transform((text) => new Date(text).toISOString());
const listedSilence = silence.extend({
  startsAt: when,
  endsAt: when,
  updatedAt: when,
  matchers: z.array(matcher),
  status: z.object({ state: z.enum(['active', 'pending', 'expired']) }),
});
export type ListedSilence = z.output<typeof listedSilence>;
const created = z.object({ silenceID: z.string() });

/** Creates the client of Alertmanager's API, version 2; each call may throw SilenceError. */
export function createSilenceClient(
  base: string,
  send: typeof fetch = instrumentFetch(fetch, { ownHosts: [new URL(base).hostname] }),
) {
  async function request(path: string, init: RequestInit = {}): Promise<string> {
    const address = `${base.replace(/\/+$/, '')}/api/v2/${path}`;
    const options = { ...init, redirect: 'error', signal: AbortSignal.timeout(timeoutMs) } as const;
    const response = await send(address, options).catch((cause: unknown) => {
      throw new SilenceError('Alertmanager is unreachable. Is it running?', { cause });
    });
    const text = await response.text();
    if (response.ok) return text;
    throw new SilenceError(`Alertmanager rejected the request: ${text.slice(0, 300).trim()}`);
  }
  return {
    /** The active silences of an alert with exactly these labels. */
    async list(labels: Readonly<Record<string, string>>): Promise<Silence[]> {
      const filter = new URLSearchParams();
      for (const [name, value] of Object.entries(labels)) {
        filter.append('filter', matcherOf(name, value));
      }
      const found = read(alerts, await request(`alerts?${filter}`));
      // The filter also matches other alerts with more labels.
      const same = found.filter(
        (alert) => Object.keys(alert.labels).length === Object.keys(labels).length,
      );
      const ids = [...new Set(same.flatMap(({ status }) => status.silencedBy))];
      return Promise.all(
        ids.map(async (id) => read(silence, await request(`silence/${encodeURIComponent(id)}`))),
      );
    },
    /** Every silence, those that ended in the last days included. */
    all: async () => read(z.array(listedSilence), await request('silences')),
    /** Returns its id. */
    async create({ labels, startsAt, endsAt, createdBy, comment }: SilenceRequest) {
      const body = {
        matchers: Object.entries(labels).map(([name, value]) => ({
          ...{ name, value, isRegex: false, isEqual: true },
        })),
        startsAt: new Date(startsAt).toISOString(),
        endsAt: new Date(endsAt).toISOString(),
        createdBy,
        comment,
      };
      const headers = { 'content-type': 'application/json' };
      const init = { method: 'POST', headers, body: JSON.stringify(body) };
      return read(created, await request('silences', init)).silenceID;
    },
    async expire(id: string) {
      await request(`silence/${encodeURIComponent(id)}`, { method: 'DELETE' });
    },
  };
}

function read<T>(schema: z.ZodType<T>, text: string): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new SilenceError('Alertmanager returned an unexpected response.', { cause });
  }
}
