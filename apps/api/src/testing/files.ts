import type { SignedIn } from './running-api.ts';

/** The bytes that a PNG begins with, and as many more as it takes. */
export function png(sizeBytes = 2_000): Buffer {
  const file = Buffer.alloc(sizeBytes, 7);
  Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]).copy(file);
  return file;
}

/** The response to an upload. */
export interface Uploaded {
  readonly status: number;
  readonly body: { id?: string; message?: string; details?: { ruleViolated?: string } };
}

/** Uploads a file to the api at `base`. */
export async function upload(
  base: string,
  { headers }: SignedIn,
  {
    file = png(),
    type = 'image/png',
    name,
    query = '',
  }: { file?: Buffer; type?: string; name?: string; query?: string } = {},
): Promise<Uploaded> {
  const response = await fetch(`${base}/api/v1/attachments${query}`, {
    method: 'POST',
    headers: {
      ...headers,
      'content-type': type,
      ...(name === undefined ? {} : { 'x-file-name': name }),
    },
    body: new Uint8Array(file),
  });
  return { status: response.status, body: (await response.json()) as Uploaded['body'] };
}

export async function download(base: string, { headers }: SignedIn, id: string | undefined) {
  const response = await fetch(`${base}/api/v1/attachments/${id}`, { headers });
  const file = Buffer.from(await response.arrayBuffer());
  return { status: response.status, headers: response.headers, file };
}
