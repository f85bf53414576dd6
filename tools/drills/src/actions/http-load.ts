import { StackError } from '@watchkeeper/stack';
import type { DrillSpec } from '../runbooks/drill-page.ts';
import type { DrillSystem, InjectedFault } from '../systems/system.ts';

type Load = NonNullable<DrillSpec['load']>;

// Beyond this the service is slow already, and more would only wait here.
const maxInFlight = 100;

/** Asks an app at a steady rate, whatever it answers. */
export async function startHttpLoad(system: DrillSystem, load: Load): Promise<InjectedFault> {
  const { app, perSecond, method, path, body } = load;
  const base = system.publicUrl(app);
  if (base === undefined) {
    throw new StackError(
      `${app} has no port on this machine with ${system.mode}, so it can't be asked past the ` +
        'gateway. Drill it with --compressed, or natively.',
    );
  }
  let inFlight = 0;
  let number = 0;
  const text = body === undefined ? undefined : JSON.stringify(body);
  const headers = { 'content-type': 'application/json' };
  const ask = async () => {
    if (inFlight >= maxInFlight) return;
    inFlight += 1;
    number = (number % 100) + 1;
    const url = `${base}${path.replace('$n', String(number))}`;
    const signal = AbortSignal.timeout(10_000);
    const request = { method, headers, signal, ...(text === undefined ? {} : { body: text }) };
    await fetch(url, request)
      .then((response) => response.arrayBuffer())
      .catch(() => {});
    inFlight -= 1;
  };
  const timer = setInterval(() => void ask(), 1_000 / perSecond);
  return {
    what: `${perSecond} × ${method} ${path} a second to ${app}`,
    rescue: [],
    undo: async () => clearInterval(timer),
  };
}
