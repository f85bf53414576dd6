import type { Telemetry } from '@watchkeeper/telemetry';
import type { SilenceWatch } from './audit/silence-watch.ts';
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
  readonly silences: SilenceWatch;
  /** Only in our own forms, so that no other site can make a browser send one. */
  readonly formToken: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}
