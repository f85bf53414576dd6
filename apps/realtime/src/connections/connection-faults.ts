import type { RealtimeFaults } from '../faults.ts';

export type ConnectionFaults = ReturnType<typeof createConnectionFaults>;

/** The faults of one connection's outbound messages; `faultLot` is the connection's. */
export function createConnectionFaults(faults: RealtimeFaults, faultLot: number) {
  return {
    /** How long the client takes for the message just sent, in milliseconds. */
    delayMs(): number | undefined {
      const fault = faults.get('slowConsumers');
      return fault !== undefined && faultLot < fault.share ? fault.delayMs : undefined;
    },
    isDropped(): boolean {
      const share = faults.get('droppedMessages')?.share ?? 0;
      return share > 0 && Math.random() < share;
    },
  };
}
