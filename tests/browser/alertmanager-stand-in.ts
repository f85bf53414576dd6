import type { IncomingMessage, ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';

interface Silence {
  readonly id: string;
  readonly matchers: readonly { readonly name: string; readonly value: string }[];
  readonly endsAt: string;
  readonly createdBy: string;
  readonly comment: string;
}

/** Alertmanager's API for silences; every requested alert exists. */
export function createAlertmanagerStandIn() {
  const silences = new Map<string, Silence>();
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://alertmanager');
    const id = pathname.split('/').at(-1) ?? '';
    if (request.method === 'POST') {
      const made = { ...((await json(request)) as Omit<Silence, 'id'>), id: `s${silences.size}` };
      silences.set(made.id, made);
      response.end(JSON.stringify({ silenceID: made.id }));
    } else if (request.method === 'DELETE') {
      silences.delete(id);
      response.end();
    } else if (pathname.endsWith('/alerts')) {
      const labels = Object.fromEntries(
        searchParams.getAll('filter').map((matcher) => {
          const [name = '', value = '""'] = matcher.split(/=(.*)/);
          return [name, JSON.parse(value) as string];
        }),
      );
      const silencedBy = [...silences.values()]
        .filter(({ matchers }) => matchers.every(({ name, value }) => labels[name] === value))
        .map((silence) => silence.id);
      response.end(JSON.stringify([{ labels, status: { silencedBy } }]));
    } else if (pathname.endsWith('/silences')) {
      const updatedAt = new Date().toISOString();
      const all = [...silences.values()].map((silence) => ({
        ...{ ...silence, updatedAt, status: { state: 'active' } },
      }));
      response.end(JSON.stringify(all));
    } else {
      response.end(JSON.stringify(silences.get(id)));
    }
  };
}
