import { isError } from '../operations/outcome.ts';
import { messageOf } from './error-fields.ts';
import { appendRecord, recordOf } from './fields.ts';
import { activeIds, idText } from './ids.ts';
import { cutField, type LineBuffer, noteCut } from './line-buffer.ts';
import {
  bindingsKey,
  type Fields,
  formattersKey,
  idBindingsKey,
  type LoggerState,
  startsKey,
} from './logger-state.ts';
import { formatMessage } from './messages.ts';
import { createLine, read } from './values.ts';

const maxMessageBytes = 16_000;

/** A line of a logger, from the arguments that its method was called with. */
export function composeLine(
  logger: LoggerState,
  level: number,
  time: string,
  given: readonly unknown[],
): { text: string; event: unknown } {
  const ids = activeIds();
  const line = createLine(logger[startsKey][level] + time + logger[bindingsKey] + idText(ids));
  const { fields, message } = readArguments(line, logger, given);
  const text = messageField(line, logger, message);
  line.max -= text.length;
  line.limit = line.max;
  const own = logger[idBindingsKey];
  if (own !== undefined) appendRecord(line, own, logger, ids);
  if (fields !== undefined) appendRecord(line, fields, logger, ids);
  return {
    text: `${line.text}${cutField(line)}${text}}\n`,
    event: fields && read(fields, 'event'),
  };
}

interface Arguments {
  readonly fields: Fields | undefined;
  readonly message: unknown;
}

function readArguments(
  line: LineBuffer,
  { [formattersKey]: { log } }: LoggerState,
  given: readonly unknown[],
): Arguments {
  const [first, second] = given;
  // Nearly every line: plain fields and a text.
  if (typeof first !== 'object' || first === null) {
    if (given.length === 1) return { fields: undefined, message: first };
    const words = first === undefined || first === null ? given.slice(1) : given;
    return withRest(line, undefined, words);
  }
  if (isError(first)) return withRest(line, { err: first }, given.slice(1));
  const record = readRecord(line, first, log);
  if (given.length === 2 && typeof second === 'string') return { fields: record, message: second };
  return withRest(line, record, given.slice(1));
}

/** The message from its arguments; an error among those without a place in it becomes `err`. */
function withRest(
  line: LineBuffer,
  fields: Fields | undefined,
  words: readonly unknown[],
): Arguments {
  const { value, rest } = formatMessage(line, words);
  // In a message it has no more than its text.
  const error = rest.find(isError) ?? words.find(isError);
  const isNew = error !== undefined && (fields === undefined || !read(fields, 'err'));
  const all = isNew ? { ...fields, err: error } : fields;
  if (value !== undefined || all === undefined) return { fields: all, message: value };
  const err = read(all, 'err');
  const message = err && read(all, 'msg') === undefined ? messageOf(err, line) : undefined;
  return { fields: all, message };
}

function readRecord(
  line: LineBuffer,
  first: object,
  format: ((fields: Fields) => object) | undefined,
): Fields {
  let record: Fields = { unreadable_fields: true };
  try {
    record = recordOf(line, first);
    return format === undefined ? record : (format(record) as Fields);
  } catch {
    // A proxy that was revoked; a formatter that fails.
    return record;
  }
}

/** The message as the line's last field, made first: what has to be cut is not the message. */
function messageField(line: LineBuffer, { msgPrefix }: LoggerState, message: unknown): string {
  if (message === undefined) return '';
  const own = createLine(',"msg":', maxMessageBytes);
  own.field = 'msg';
  const value = typeof message === 'function' ? `[function ${message.name}]` : message;
  own.append(
    own,
    typeof msgPrefix === 'string' && value !== null ? `${msgPrefix}${String(value)}` : value,
  );
  for (const cut of own.cuts) noteCut(line, cut);
  return own.text;
}
