import type pino from 'pino';
import { fieldName } from './field-names.ts';
import { appendRecord } from './fields.ts';
import { cutField } from './line-buffer.ts';
import {
  bindingsKey,
  type Fields,
  formattersKey,
  idBindingsKey,
  type LoggerState,
} from './logger-state.ts';
import { createLine } from './values.ts';

// They are on every line of the child.
const maxBindingBytes = 8_000;

/**
 * Lets children write their bindings as lines write their fields. pino turns bindings to JSON by
 * itself, in `child` and in `setBindings`; children inherit both methods from the root.
 */
export function redirectBindings(root: pino.Logger): void {
  const { child, bindings: readBindings } = root;
  root.child = function childWithBindings(bindings: Fields, options?: pino.ChildLoggerOptions) {
    const format = options?.formatters?.bindings;
    const made = Reflect.apply(child, this, [{}, withoutFormat(options)]) as LoggerState;
    if (format !== undefined) made[formattersKey].bindings = format;
    addBindings(made, this as unknown as LoggerState, bindings);
    return made as never;
  };
  root.setBindings = function setBindings(bindings) {
    addBindings(this as unknown as LoggerState, this as unknown as LoggerState, bindings);
  };
  root.bindings = function bindings() {
    return { ...readBindings.call(this), ...(this as unknown as LoggerState)[idBindingsKey] };
  };
}

/** pino would call it with the bindings that it was given, which are none. */
function withoutFormat(options: pino.ChildLoggerOptions | undefined) {
  if (options?.formatters === undefined) return options;
  const { bindings: _, ...formatters } = options.formatters;
  return { ...options, formatters };
}

function addBindings(logger: LoggerState, from: LoggerState, given: Fields): void {
  const before = from[bindingsKey];
  const line = createLine(
    '',
    maxBindingBytes - Math.min(Buffer.byteLength(before), maxBindingBytes),
  );
  const ids: Fields = {};
  const others: Fields = {};
  try {
    const bindings = logger[formattersKey].bindings(given) as Fields;
    for (const [name, value] of Object.entries(bindings ?? {})) {
      if (fieldName(name).isId) ids[name] = value;
      else others[name] = value;
    }
  } catch {
    others.unreadable_bindings = true;
  }
  appendRecord(line, others, logger, undefined);
  logger[bindingsKey] = before + line.text + cutField(line).replace('line_', 'bindings_');
  if (Object.keys(ids).length > 0) logger[idBindingsKey] = { ...from[idBindingsKey], ...ids };
}
