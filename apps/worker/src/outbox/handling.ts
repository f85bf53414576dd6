import { InjectedFaultError, inTransaction } from '@watchkeeper/galley';
import { instrumentHandler, type Telemetry } from '@watchkeeper/telemetry';
import type { ClientBase } from 'pg';
import type { WorkerFaults } from '../faults.ts';
import type { Handler, OutboxEvent } from './event.ts';
import { markHandled } from './store.ts';

/** Makes a handler idempotent: an event takes effect once, however many workers attempt it. */
export function createHandleOnce(
  { name, handle }: Handler,
  faults: WorkerFaults,
  telemetry: Telemetry,
) {
  const handleOnce = (event: OutboxEvent, client: ClientBase): Promise<void> =>
    inTransaction(client, async () => {
      if (!(await markHandled(client, event.id, name))) return;
      await handle(event, client);
      const fault = faults.get('failingHandlers');
      const isAffected = fault !== undefined && (fault.handler ?? name) === name;
      // After the effect, so that the drill shows its rollback.
      if (isAffected && Math.random() < fault.share) {
        throw new InjectedFaultError('The fault `failingHandlers` is injected.');
      }
    });
  return instrumentHandler(handleOnce, telemetry, { name });
}
