import { isError } from '../operations/outcome.ts';
import { messageOf, messageText } from './error-fields.ts';
import type { LineBuffer } from './line-buffer.ts';

// Source: https://nodejs.org/api/util.html#utilformatformat-args
const specifier = /%[sdifjoO%]/g;

export interface Message {
  readonly value: unknown;
  /** Arguments without a place in the message. */
  readonly rest: readonly unknown[];
}

/** Puts arguments into the places of a message, as pino does; never throws. */
export function formatMessage(line: LineBuffer, [first, ...values]: readonly unknown[]): Message {
  if (isError(first)) return { value: messageOf(first, line), rest: [first, ...values] };
  if (typeof first !== 'string') {
    if (typeof first !== 'object' || first === null || values.length === 0) {
      return { value: first, rest: values };
    }
    return { value: [first, ...values].map((each) => messageText(each, line)).join(' '), rest: [] };
  }
  if (values.length === 0) return { value: first, rest: values };
  let used = 0;
  const value = first.replace(specifier, (place) => {
    if (place === '%%') return '%';
    // As it stands where nothing is left for it.
    if (used >= values.length) return place;
    used += 1;
    return fill(line, place, values[used - 1]);
  });
  return { value, rest: values.slice(used) };
}

function fill(line: LineBuffer, place: string, value: unknown): string {
  try {
    if (place === '%s') return stringOf(line, value);
    if (/[dif]/.test(place)) {
      const number = typeof value === 'symbol' ? Number.NaN : Number(value);
      return String(place === '%i' ? Math.floor(number) : number);
    }
    return typeof value === 'string' ? `'${value}'` : messageText(value, line);
  } catch {
    // A `toString` or a `valueOf` of the caller's has failed.
    return '[unreadable]';
  }
}

function stringOf(line: LineBuffer, value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  if (isError(value)) return `${value.name}: ${messageOf(value, line)}`;
  // A class may have a text of its own; the text of all others says nothing, and bytes say too much.
  const hasText =
    typeof value.toString === 'function' && value.toString !== Object.prototype.toString;
  const isList = Array.isArray(value) || ArrayBuffer.isView(value);
  return hasText && !isList ? String(value) : messageText(value, line);
}
