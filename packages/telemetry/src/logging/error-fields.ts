import { errorTypeName, isError } from '../operations/outcome.ts';
import { readProperty } from '../operations/read-property.ts';
import type { LineBuffer } from './line-buffer.ts';

interface ErrorFields {
  readonly type: string;
  readonly message: unknown;
  readonly stack: unknown;
  readonly code?: unknown;
  readonly cause?: unknown;
  /** The members of an AggregateError. */
  readonly errors?: readonly unknown[];
}

// Longer chains add nothing; a value with more levels around it has its error as well.
const maxCauseDepth = 6;
const maxMembers = 10;
// Of an object as the text of a message.
const maxMessageBytes = 4_000;

/**
 * The fields of an error that are safe to write: type, message, stack, code, causes and members.
 * Further properties stay out, because drivers put values of rows in them and clients of HTTP the
 * request with its headers.
 */
export function errorFields(error: object, line: LineBuffer): ErrorFields {
  const code = readProperty(error, 'code');
  const cause = readProperty(error, 'cause');
  const members = membersOf(error, line);
  return {
    type: errorTypeName(error),
    message: messageOf(error, line),
    stack: textOr(readProperty(error, 'stack'), ''),
    ...((typeof code === 'string' || typeof code === 'number') && { code }),
    ...(cause !== undefined &&
      line.ancestors.length < maxCauseDepth && { cause: errorForm(cause, line) }),
    ...(members.length > 0 && { errors: members.map((member) => errorForm(member, line)) }),
  };
}

/** What was thrown, in the form of an error: any value can be thrown, and rejected with. */
export function errorForm(thrown: unknown, line: LineBuffer): unknown {
  if (isError(thrown)) return thrown;
  return { type: typeNameOf(thrown), message: messageText(thrown, line), stack: '' };
}

/** The text of an error or of whatever was thrown; that of its members if it has none. */
export function messageOf(thrown: unknown, line: LineBuffer): string {
  if (!isError(thrown)) return messageText(thrown, line);
  const own = ownMessageOf(thrown, line);
  if (own !== '') return own;
  const members = membersOf(thrown, line).map((member) =>
    isError(member) ? ownMessageOf(member, line) || codeOf(member) : messageText(member, line),
  );
  return members.join('; ') || codeOf(thrown);
}

function ownMessageOf(error: Error, line: LineBuffer): string {
  const message = readProperty(error, 'message') ?? '';
  return typeof message === 'string' ? message : messageText(message, line);
}

function codeOf(error: Error): string {
  const code = readProperty(error, 'code');
  return typeof code === 'string' ? code : '';
}

function membersOf(error: object, line: LineBuffer): readonly unknown[] {
  if (line.ancestors.length >= maxCauseDepth) return [];
  const type = errorTypeName(error);
  if (type === 'SuppressedError')
    return [readProperty(error, 'error'), readProperty(error, 'suppressed')];
  const errors = readProperty(error, 'errors');
  if (!Array.isArray(errors)) return [];
  // Validators keep the refused values under the same name.
  const members = type === 'AggregateError' ? errors : errors.filter(isError);
  return members.slice(0, maxMembers);
}

/** A value as the text of a message: itself, or JSON without secrets. */
export function messageText(value: unknown, line: LineBuffer): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return primitiveText(value);
  // What is open around it is open for its parts, or a circle would never end.
  const own = { ...line, text: '', extraBytes: 0, max: maxMessageBytes, limit: maxMessageBytes };
  own.append(own, value);
  line.deadline = own.deadline;
  // A date, an address, bytes: a text without its quotes.
  return own.text.startsWith('"') ? (JSON.parse(own.text) as string) : own.text;
}

function primitiveText(value: unknown): string {
  return typeof value === 'function' ? `[function ${value.name}]` : String(value);
}

function typeNameOf(thrown: unknown): string {
  return thrown === null ? 'null' : typeof thrown;
}

function textOr(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}
