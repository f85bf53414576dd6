/** One step of a cleanup as data, so that it survives the process that made it necessary. */
export type CleanupStep =
  | { readonly kind: 'http'; readonly method: string; readonly url: string; readonly body?: string }
  /** Only while that process is still the same one. */
  | {
      readonly kind: 'signal';
      readonly pid: number;
      readonly startTime: string;
      readonly signal: NodeJS.Signals;
    }
  | {
      readonly kind: 'command';
      readonly command: string;
      readonly parameters: readonly string[];
      readonly folder: string;
    }
  /** Writes the file as it was; without a text it was not there. */
  | { readonly kind: 'restore'; readonly file: string; readonly text?: string }
  /** Stops every process that the state file lists. */
  | { readonly kind: 'stop-recorded'; readonly stateFile: string };
