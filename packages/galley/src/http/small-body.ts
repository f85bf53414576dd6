import type { IncomingMessage } from 'node:http';

// Ten times the settings of every fault at once.
const maxBytes = 65_536;

/**
 * The body of a request to the management server as JSON; `undefined` if it is invalid, incomplete,
 * or too long.
 */
export async function readSmallJson(request: IncomingMessage): Promise<unknown> {
  try {
    return JSON.parse(await readText(request));
  } catch {
    // The caller answers with what was expected.
    return undefined;
  }
}

/** Reads and discards the rest of a body that is too long, so that the client gets the response. */
async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= maxBytes) chunks.push(chunk);
  }
  return size <= maxBytes ? Buffer.concat(chunks).toString('utf8') : '';
}
