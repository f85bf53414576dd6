import type { IncomingMessage } from 'node:http';

// The settings of every fault at once are not a tenth of it.
const maxBytes = 65_536;

/**
 * The body of a request to the management server as JSON; nothing where it is none, breaks off, or
 * is too long to be meant well.
 */
export async function readSmallJson(request: IncomingMessage): Promise<unknown> {
  try {
    return JSON.parse(await readText(request));
  } catch {
    // Whoever sent it is told what was expected.
    return undefined;
  }
}

/** What is left of a long body is read and thrown away, so that the answer arrives. */
async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= maxBytes) chunks.push(chunk);
  }
  return size <= maxBytes ? Buffer.concat(chunks).toString('utf8') : '';
}
