import type { Machine } from './machine.ts';

/** The pinned PostgreSQL or its stand-in, and why it can't be used where it can't. */
export function postgresImage({ images }: Machine): { image: string; reason?: string } {
  const found = images.find(({ variable }) => variable === 'POSTGRES_IMAGE');
  const { image = '', state = 'missing', detail = 'not pinned' } = found ?? {};
  return state === 'missing' ? { image, reason: `no image \`${image}\`: ${detail}` } : { image };
}
