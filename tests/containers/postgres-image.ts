import { pinnedImages } from '../../.ci/images/stand-ins.ts';
import type { Machine } from './machine.ts';

/** The pinned PostgreSQL, and why it can't be used where it can't. */
export function postgresImage({ images }: Machine): { image: string; reason?: string } {
  const image = pinnedImages().find((name) => name.startsWith('postgres:')) ?? '';
  const state = images.find((known) => known.image === image);
  if (state !== undefined && state.state !== 'missing') return { image };
  return { image, reason: `no image \`${image}\`: ${state?.detail ?? 'not pinned'}` };
}
