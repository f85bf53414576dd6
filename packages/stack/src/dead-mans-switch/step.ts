import type { ProcessIdentity } from '../process-identity.ts';

/** One step of a cleanup as data, so that it survives the process that made it necessary. */
export type CleanupStep =
  | { kind: 'http'; method: string; url: string; headers?: Record<string, string> }
  /** Only while that process is still the same one. */
  | ({ kind: 'signal'; signal: NodeJS.Signals } & ProcessIdentity)
  | { kind: 'command'; command: string; parameters: readonly string[]; folder: string }
  /** Writes the file as it was; without a text it was not there. */
  | { kind: 'restore'; file: string; text?: string }
  /** Stops every process that the state file lists. */
  | { kind: 'stop-recorded'; stateFile: string };
