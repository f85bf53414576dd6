import type { Telemetry } from '@watchkeeper/telemetry';
import type { Configuration } from './config.ts';
import type { Inbox } from './inbox/store.ts';
import type { Live } from './page/live.ts';
import type { SenderCheck } from './receivers/sender.ts';

export interface Dependencies {
  readonly configuration: Configuration;
  readonly telemetry: Telemetry;
  readonly inbox: Inbox;
  readonly live: Live;
  readonly senders: SenderCheck;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}
