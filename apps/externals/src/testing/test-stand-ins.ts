import { makeFolder, startInbox } from './test-inbox.ts';

/** The externals as their customers' services see them. */
export type TestStandIns = Awaited<ReturnType<typeof startStandIns>>;

/** An answer, read. */
export interface ReadAnswer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever came.
  readonly body: any;
}

async function read(response: Response): Promise<ReadAnswer> {
  const text = await response.text();
  const { status, headers } = response;
  return { status, headers, body: text === '' ? undefined : JSON.parse(text) };
}

/** Starts the real application; `stop` ends it. */
export async function startStandIns() {
  const { file, remove } = await makeFolder();
  const externals = await startInbox(file);
  return {
    ...externals,
    read: async (path: string) => read(await externals.get(path)),
    send: async (path: string, body: unknown, headers: Record<string, string> = {}) =>
      read(
        await fetch(`${externals.origin}${path}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body: typeof body === 'string' ? body : JSON.stringify(body),
        }),
      ),
    async stop() {
      await externals.stop();
      await remove();
    },
  };
}
