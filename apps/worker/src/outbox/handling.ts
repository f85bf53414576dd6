import { instrumentHandler, type Telemetry } from '@watchkeeper/telemetry';
import type { ClientBase } from 'pg';
import type { WorkerFaults } from '../faults.ts';
import { inTransaction } from '../running/transaction.ts';
import type { Handler, OutboxEvent } from './event.ts';
import { markHandled } from './store.ts';

/** Has one handler take one event; rejects with what went wrong, and then nothing has happened. */
export type HandleOnce = (event: OutboxEvent, client: ClientBase) => Promise<void>;

/** What a handler that was failed on purpose throws; the log line says so. */
class InjectedFaultError extends Error {
  override readonly name = 'InjectedFaultError';
}

/** Makes a handler happen once per event, however often and by whom it is tried. */
export function createHandleOnce(
  { name, handle }: Handler,
  faults: WorkerFaults,
  telemetry: Telemetry,
): HandleOnce {
  const handleOnce: HandleOnce = (event, client) =>
    inTransaction(client, async () => {
      if (!(await markHandled(client, event.id, name))) return;
      await handle(event, client);
      const fault = faults.get('failingHandlers');
      const isMeant = fault !== undefined && (fault.handler ?? name) === name;
      // After the effect, so that the drill shows that it is taken back.
      if (isMeant && Math.random() < fault.share) {
        throw new InjectedFaultError('The fault `failingHandlers` is switched on.');
      }
    });
  return instrumentHandler(handleOnce, telemetry, { name });
}
