import { instrumentFetch } from '@watchkeeper/telemetry';
import { z } from 'zod';
import { matcherOf } from '../page/links.ts';

/** A silence as Alertmanager tells of it. */
export interface Silence {
  readonly id: string;
  readonly endsAt: string;
  readonly createdBy: string;
  readonly comment: string;
}

/** What is to be silent, until when, and who says so. */
export interface SilenceRequest {
  /** Alerts with all of these labels. */
  readonly labels: Readonly<Record<string, string>>;
  /** Milliseconds since 1970. */
  readonly startsAt: number;
  readonly endsAt: number;
  readonly createdBy: string;
  readonly comment: string;
}

/** The parts of Alertmanager's API, version 2, that silences need. */
export interface SilenceClient {
  /** Those that keep an alert of exactly these labels quiet now. */
  list(labels: Readonly<Record<string, string>>): Promise<Silence[]>;
  /** Answers its id. */
  create(request: SilenceRequest): Promise<string>;
  end(id: string): Promise<void>;
}

/** Alertmanager can't be reached, or refuses; the message is for the person who asked. */
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
const created = z.object({ silenceID: z.string() });

/** Makes the client of an Alertmanager; each of its calls may throw SilenceError. */
export function createSilenceClient(base: string): SilenceClient {
  const send = instrumentFetch(fetch, { ownHosts: [new URL(base).hostname] });
  async function ask(path: string, init: RequestInit = {}): Promise<string> {
    const address = `${base.replace(/\/+$/, '')}/api/v2/${path}`;
    const options = { ...init, redirect: 'error', signal: AbortSignal.timeout(timeoutMs) } as const;
    const response = await send(address, options).catch((cause: unknown) => {
      throw new SilenceError('Alertmanager does not answer. Is it running?', { cause });
    });
    const text = await response.text();
    if (response.ok) return text;
    throw new SilenceError(`Alertmanager refuses: ${text.slice(0, 300).trim()}`);
  }
  return {
    async list(labels) {
      const filter = new URLSearchParams();
      for (const [name, value] of Object.entries(labels)) {
        filter.append('filter', matcherOf(name, value));
      }
      const found = read(alerts, await ask(`alerts?${filter}`));
      // An alert with further labels fits the filter as well, and is another one.
      const same = found.filter(
        (alert) => Object.keys(alert.labels).length === Object.keys(labels).length,
      );
      const ids = [...new Set(same.flatMap(({ status }) => status.silencedBy))];
      return Promise.all(
        ids.map(async (id) => read(silence, await ask(`silence/${encodeURIComponent(id)}`))),
      );
    },
    async create({ labels, startsAt, endsAt, createdBy, comment }) {
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
      return read(created, await ask('silences', init)).silenceID;
    },
    async end(id) {
      await ask(`silence/${encodeURIComponent(id)}`, { method: 'DELETE' });
    },
  };
}

function read<T>(schema: z.ZodType<T>, text: string): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new SilenceError('Alertmanager answered something else than was asked for.', { cause });
  }
}
