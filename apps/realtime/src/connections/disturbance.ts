import type { RealtimeFaults } from '../faults.ts';

/** What the faults do to the way out of one connection. */
export interface Disturbance {
  /** How long the client takes for the message that was just sent, in milliseconds. */
  delayMs(): number | undefined;
  /** Whether the next message is lost. */
  isDropped(): boolean;
}

/**
 * Asks the faults on behalf of one connection.
 * @param lot from 0 to 1, the same for a connection's life: it is slow where the share is above it
 */
export function createDisturbance(faults: RealtimeFaults, lot: number): Disturbance {
  return {
    delayMs() {
      const fault = faults.get('slowConsumers');
      return fault !== undefined && lot < fault.share ? fault.delayMs : undefined;
    },
    isDropped() {
      const share = faults.get('droppedMessages')?.share ?? 0;
      return share > 0 && Math.random() < share;
    },
  };
}
