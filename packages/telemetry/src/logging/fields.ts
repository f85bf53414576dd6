import { errorForm } from './error-fields.ts';
import { fieldName } from './field-names.ts';
import { type LineIds, ownedId } from './ids.ts';
import {
  isLateRecord,
  isShort,
  type LineBuffer,
  limitField,
  noteCut,
  unlimitField,
  usedBytes,
} from './line-buffer.ts';
import {
  anyFieldKey,
  censorsKey,
  type Fields,
  keepError,
  type LoggerState,
  serializersKey,
} from './logger-state.ts';
import { redacted } from './secrets.ts';
import { countedFields, isAbsent, maxCounted, readField } from './values.ts';
import { viewOf } from './views.ts';

/** The first argument of a line as fields; what has none becomes one. */
export function recordOf(line: LineBuffer, value: object): Fields {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (Array.isArray(value)) return { value };
  const known = value as Fields;
  const isPlain = prototype === Object.prototype || prototype === null;
  if (isPlain && typeof known.toJSON !== 'function') return known;
  if (typeof known.setHeader === 'function') return { res: value };
  if (known.method && known.headers && known.socket) return { req: value };
  const view = viewOf(value, line);
  return typeof view === 'object' && view !== null && !Array.isArray(view)
    ? (view as Fields)
    : { value: view };
}

/** Appends fields to a line, which has those of its logger; never throws. */
export function appendRecord(
  line: LineBuffer,
  fields: Fields,
  logger: LoggerState,
  ids: LineIds | undefined,
): void {
  let left = 0;
  let written = 0;
  try {
    for (const name in fields) {
      if (left > 0 || usedBytes(line) >= line.max || isLateRecord(line, written)) {
        if (left === 0) line.field = name;
        left += 1;
        if (left === maxCounted) break;
      } else if (Object.hasOwn(fields, name)) {
        written += 1;
        appendField(line, fields, name, logger, ids);
      }
    }
  } catch {
    // A proxy that does not name its fields.
    line.text += ',"unreadable_fields":true';
  }
  if (left > 0) noteCut(line, `it and what follows, ${countedFields(left)}`);
}

function appendField(
  line: LineBuffer,
  fields: Fields,
  name: string,
  logger: LoggerState,
  ids: LineIds | undefined,
): void {
  const known = fieldName(name, line);
  const value = serialize(line, readField(fields, name, known), name, logger);
  if (isAbsent(value)) return;
  const owned = known.isId && ids !== undefined ? ownedId(ids, name) : undefined;
  if (owned !== undefined && owned === value) return;
  const start = line.text;
  line.text += known.isCommon || owned !== undefined ? `,${known.ownText}` : `,${known.text}`;
  line.field = name;
  const head = line.text;
  if (isShort(value)) line.append(line, value);
  else appendLarge(line, value);
  const censor = logger[censorsKey][name] ?? logger[censorsKey][anyFieldKey];
  if (censor === undefined) return;
  const censored = censor(JSON.parse(line.text.slice(head.length)));
  line.text = censored === undefined ? start : `${head}${censored}`;
}

function appendLarge(line: LineBuffer, value: unknown): void {
  limitField(line);
  line.append(line, value);
  unlimitField(line);
}

function serialize(line: LineBuffer, value: unknown, name: string, logger: LoggerState): unknown {
  const serializer = logger[serializersKey][name];
  if (serializer === undefined || value === undefined || value === redacted) return value;
  // Whatever was thrown becomes an error's fields, unless a child writes them its own way.
  if (serializer === keepError) return errorForm(value, line);
  try {
    return serializer(value);
  } catch {
    return '[unreadable]';
  }
}
