import type { EventEmitter } from 'node:events';
import { type Context, context } from '@opentelemetry/api';

type Event = string | symbol;
type Listener = (...values: unknown[]) => unknown;
type Add = (this: EventEmitter, event: Event, listener: Listener) => EventEmitter;

/**
 * Methods that add listeners as those of `original` do, but in a context: an emitter calls back in
 * the context of its connection, where no id of a request is known.
 * @param contextOf the context for a listener that is added now, or `undefined` to leave it alone
 */
export function listenersInContext(
  original: EventEmitter,
  contextOf: (emitter: EventEmitter) => Context | undefined,
): Record<string, Add> {
  function adding(add: Add, addPlain: Add, isOnce: boolean): Add {
    return function addInContext(event, listener) {
      const own = typeof listener === 'function' ? contextOf(this) : undefined;
      if (own === undefined) return addPlain.call(this, event, listener);
      const run = isOnce ? removing(this, event, listener, () => bound) : listener;
      const bound = bind(own, run, listener);
      return add.call(this, event, bound);
    };
  }
  const { on, once, prependListener, prependOnceListener } = original as unknown as Record<
    'on' | 'once' | 'prependListener' | 'prependOnceListener',
    Add
  >;
  const adds = adding(on, on, false);
  return {
    ...{ on: adds, addListener: adds, once: adding(on, once, true) },
    prependListener: adding(prependListener, prependListener, false),
    prependOnceListener: adding(prependListener, prependOnceListener, true),
  };
}

/** Node finds what to remove by the property `listener`, as for its own wrappers. */
function bind(own: Context, run: Listener, given: Listener & { listener?: Listener }) {
  function bound(this: unknown, ...values: unknown[]): unknown {
    return context.with(own, run, this, ...values);
  }
  return Object.assign(bound, { listener: given.listener ?? given });
}

function removing(emitter: EventEmitter, event: Event, run: Listener, added: () => Listener) {
  return function runOnce(this: unknown, ...values: unknown[]): unknown {
    emitter.removeListener(event, added());
    return Reflect.apply(run, this, values);
  };
}
