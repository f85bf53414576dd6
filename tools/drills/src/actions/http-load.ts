import { StackError } from '@watchkeeper/stack';
import type { DrillSpec } from '../runbooks/drill-page.ts';
import type { DrillSystem, InjectedFault } from '../systems/system.ts';

// With more in flight the service is slow already, and further requests would only wait here.
const maxInFlight = 100;

/** Sends requests to an app at a steady rate, whatever it answers. */
export async function startHttpLoad(
  system: DrillSystem,
  { app, perSecond, method, path, body }: NonNullable<DrillSpec['load']>,
): Promise<InjectedFault> {
  const base = system.publicUrl(app);
  if (base === undefined) {
    throw new StackError(
      `In ${system.mode} mode ${app} has no port on this machine, so it gets no requests past the ` +
        'gateway. Run the drill with --compressed, or natively.',
    );
  }
  let inFlight = 0;
  let number = 0;
  const headers = { 'content-type': 'application/json' };
  const text = body === undefined ? {} : { body: JSON.stringify(body) };
  const send = async () => {
    if (inFlight >= maxInFlight) return;
    inFlight += 1;
    number = (number % 100) + 1;
    const signal = AbortSignal.timeout(10_000);
    const url = `${base}${path.replace('$n', String(number))}`;
    await fetch(url, { method, headers, signal, ...text })
      .then((response) => response.arrayBuffer())
      .catch(() => {});
    inFlight -= 1;
  };
  const timer = setInterval(() => void send(), 1_000 / perSecond);
  return {
    description: `${perSecond} × ${method} ${path} per second to ${app}`,
    cleanup: [],
    undo: async () => clearInterval(timer),
  };
}
