import { readProperty } from '../operations/read-property.ts';
import { type FieldName, fieldName } from './field-names.ts';
import {
  appendText,
  createLineBuffer,
  isFull,
  type LineBuffer,
  maxFieldBytes,
  noteCut,
} from './line-buffer.ts';
import type { Fields } from './logger-state.ts';
import { redacted } from './secrets.ts';
import { viewOf } from './views.ts';

// Deeper than any body in a log line.
const maxDepth = 10;

export function createLine(text = '', max = maxFieldBytes): LineBuffer {
  return createLineBuffer(appendValue, text, max);
}

/** Whether JSON has no form of it: an object leaves such a field out. */
export function isAbsent(value: unknown): boolean {
  return value === undefined || typeof value === 'function';
}

/** Appends any value as JSON, without secrets and within the line's bounds; never throws. */
function appendValue(line: LineBuffer, value: unknown): void {
  if (typeof value === 'string') appendText(line, value);
  else if (typeof value === 'object' && value !== null) appendObject(line, value);
  else if (typeof value === 'number') line.text += Number.isFinite(value) ? value : 'null';
  else if (typeof value === 'boolean') line.text += value;
  else if (typeof value === 'symbol') appendText(line, String(value));
  else if (typeof value === 'bigint') appendInteger(line, value);
  else line.text += 'null';
}

// Longer ones take milliseconds to become decimal.
const maxIntegerBits = 1_024;

function appendInteger(line: LineBuffer, value: bigint): void {
  if (BigInt.asIntN(maxIntegerBits, value) !== value) {
    noteCut(line, `an integer of more than ${maxIntegerBits} bits`);
    line.text += '"[truncated: integer]"';
    // Readers parse larger integers as something else.
  } else line.text += BigInt.asIntN(54, value) === value ? value : `"${value}"`;
}

function appendObject(line: LineBuffer, value: object): void {
  if (line.ancestors.includes(value)) {
    line.text += '"[circular]"';
    return;
  }
  if (line.ancestors.length >= maxDepth) {
    noteCut(line, `what is deeper than ${maxDepth} levels`);
    line.text += '"[truncated: too deep]"';
    return;
  }
  if (isFull(line)) {
    noteCut(line, 'an object');
    line.text += '"[truncated]"';
    return;
  }
  line.ancestors.push(value);
  const start = line.text;
  try {
    appendParts(line, value);
  } catch {
    // A proxy, an iterator or a `toJSON` of the caller's has failed.
    line.text = `${start}"[unreadable]"`;
  }
  line.ancestors.pop();
}

function appendParts(line: LineBuffer, value: object): void {
  const view = isPlain(value) ? value : viewOf(value, line);
  if (Array.isArray(view)) appendArray(line, view);
  else if (typeof view === 'object' && view !== null) appendFields(line, view as Fields);
  else appendValue(line, view);
}

function isPlain(value: object): boolean {
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return (prototype === Object.prototype || prototype === null) && !('toJSON' in value);
}

function appendArray(line: LineBuffer, items: readonly unknown[]): void {
  // Raw headers and entries of maps alternate between names and values.
  const mayBePairs = items.length % 2 === 0;
  line.text += '[';
  for (let index = 0; index < items.length; index += 1) {
    if (isFull(line)) {
      const left = `${items.length - index} items`;
      noteCut(line, left);
      line.text += `${index > 0 ? ',' : ''}"[truncated: ${left}]"`;
      break;
    }
    if (index > 0) line.text += ',';
    const label: unknown = items[index - 1];
    const isSecret = typeof label === 'string' && labels(label, mayBePairs && index % 2 === 1);
    appendValue(line, isSecret ? redacted : read(items, index));
  }
  line.text += ']';
}

/** Whether an item names the next one, and that one is a secret: in pairs, or as a flag of a command. */
function labels(item: string, isPair: boolean): boolean {
  return (isPair || item.startsWith('--')) && fieldName(item).isSecret;
}

function appendFields(line: LineBuffer, fields: Fields): void {
  let separator = '{';
  let left = 0;
  for (const name in fields) {
    if (left > 0 || isFull(line)) {
      left += 1;
      // Only an idea of it is needed, and a stranger's object may be endless.
      if (left === maxCounted) break;
      continue;
    }
    if (!Object.hasOwn(fields, name)) continue;
    const known = fieldName(name, line);
    const value = readField(fields, name, known);
    if (isAbsent(value)) continue;
    line.text += separator + known.text;
    separator = ',';
    appendValue(line, value);
  }
  if (left > 0) {
    noteCut(line, countedFields(left));
    line.text += `${separator}"[truncated]":"${countedFields(left)}"`;
    separator = ',';
  }
  line.text += separator === '{' ? '{}' : '}';
}

export const maxCounted = 10_000;

/** Fields that were left out, in words; past `maxCounted` nobody counts. */
export function countedFields(left: number): string {
  return `${left >= maxCounted ? 'at least ' : ''}${left} fields`;
}

/** The value of a field, or what stands for it: a secret's getter is not called. */
export function readField(
  fields: Fields,
  name: string,
  { isSecret, isSecretPlural }: FieldName,
): unknown {
  if (!isSecret && !isSecretPlural && name !== 'value') return read(fields, name);
  if (name === 'value') return isLabelledSecret(fields) ? redacted : read(fields, name);
  const value = read(fields, name);
  if (isAbsent(value) || typeof value === 'boolean') return value;
  return isSecretPlural && typeof value === 'number' ? value : redacted;
}

/** `{ name: 'password', value: 'x' }`, as forms and recorded headers have it. */
function isLabelledSecret(fields: Fields): boolean {
  const label = read(fields, 'name') ?? read(fields, 'key');
  return typeof label === 'string' && fieldName(label).isSecret;
}

/** A property, or what stands for one that cannot be read. */
export function read(from: object, name: string | number): unknown {
  return readProperty(from, name, '[unreadable]');
}
