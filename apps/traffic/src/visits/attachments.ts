import type { Client } from '../target/client.ts';
import type { Stage } from './stage.ts';

// The signatures of the file types; the rest is noise.
const kinds = [
  { type: 'image/png', name: 'door.png', head: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] },
  { type: 'image/jpeg', name: 'meal.jpg', head: [0xff, 0xd8, 0xff, 0xe0] },
  { type: 'application/pdf', name: 'receipt.pdf', head: [0x25, 0x50, 0x44, 0x46, 0x2d] },
] as const;

/** A customer uploads and downloads a file. */
export async function attach(stage: Stage): Promise<void> {
  const client = stage.as(stage.pick('customer'));
  const { id } = await upload(stage, client);
  await client.send('download', { id });
}

export function upload({ random }: Stage, client: Client, orderId?: string) {
  const kind = random.pick(kinds);
  // A few kilobytes, so that a demo of days does not fill a disk.
  const bytes = new Uint8Array(random.integer(500, 8_000));
  for (let index = 0; index < bytes.length; index += 1) bytes[index] = random.integer(0, 255);
  bytes.set(kind.head);
  return client.send('upload', {
    query: orderId === undefined ? {} : { orderId },
    headers: { 'content-type': kind.type, 'x-file-name': kind.name },
    bytes,
  });
}
