import type { Telemetry } from '@watchkeeper/telemetry';
import type { Configuration } from './config.ts';
import type { Inbox } from './inbox/store.ts';
import type { Live } from './page/live.ts';

export interface Dependencies {
  readonly configuration: Configuration;
  readonly telemetry: Telemetry;
  readonly inbox: Inbox;
  readonly live: Live;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}
