import { errorTypeName, isError } from '../operations/outcome.ts';
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
// A thrown object is told in a message.
const maxToldBytes = 4_000;

/**
 * The fields of an error that are safe to write: type, message, stack, code, causes and members.
 * Further properties stay out, because drivers put values of rows in them and clients of HTTP the
 * request with its headers.
 */
export function errorFields(error: object, line: LineBuffer): ErrorFields {
  const code = read(error, 'code');
  const cause = read(error, 'cause');
  const members = membersOf(error, line);
  return {
    type: errorTypeName(error),
    message: messageOf(error, line),
    stack: textOr(read(error, 'stack'), ''),
    ...((typeof code === 'string' || typeof code === 'number') && { code }),
    ...(cause !== undefined &&
      line.ancestors.length < maxCauseDepth && { cause: told(cause, line) }),
    ...(members.length > 0 && { errors: members.map((member) => told(member, line)) }),
  };
}

/** What was thrown, in the form of an error: any value can be thrown, and rejected with. */
export function told(thrown: unknown, line: LineBuffer): unknown {
  if (isError(thrown)) return thrown;
  return { type: typeNameOf(thrown), message: tell(thrown, line), stack: '' };
}

/** The text of an error or of whatever was thrown; that of its members if it has none. */
export function messageOf(thrown: unknown, line: LineBuffer): string {
  if (!isError(thrown)) return tell(thrown, line);
  const own = ownMessageOf(thrown, line);
  if (own !== '') return own;
  const members = membersOf(thrown, line).map((member) =>
    isError(member) ? ownMessageOf(member, line) || codeOf(member) : tell(member, line),
  );
  return members.join('; ') || codeOf(thrown);
}

function ownMessageOf(error: Error, line: LineBuffer): string {
  const message = read(error, 'message') ?? '';
  return typeof message === 'string' ? message : tell(message, line);
}

function codeOf(error: Error): string {
  const code = read(error, 'code');
  return typeof code === 'string' ? code : '';
}

function membersOf(error: object, line: LineBuffer): readonly unknown[] {
  if (line.ancestors.length >= maxCauseDepth) return [];
  const type = errorTypeName(error);
  if (type === 'SuppressedError') return [read(error, 'error'), read(error, 'suppressed')];
  const errors = read(error, 'errors');
  if (!Array.isArray(errors)) return [];
  // Validators keep the refused values under the same name.
  const members = type === 'AggregateError' ? errors : errors.filter(isError);
  return members.slice(0, maxMembers);
}

/** A value as the text of a message: itself, or JSON without secrets. */
export function tell(value: unknown, line: LineBuffer): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return tellPrimitive(value);
  // What is open around it is open for its parts, or a circle would never end.
  const own = { ...line, text: '', extraBytes: 0, max: maxToldBytes, limit: maxToldBytes };
  own.append(own, value);
  line.deadline = own.deadline;
  // A date, an address, bytes: a text without its quotes.
  return own.text.startsWith('"') ? (JSON.parse(own.text) as string) : own.text;
}

function tellPrimitive(value: unknown): string {
  return typeof value === 'function' ? `[function ${value.name}]` : String(value);
}

function typeNameOf(thrown: unknown): string {
  return thrown === null ? 'null' : typeof thrown;
}

function textOr(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}

/** Getters of errors fail as any others. */
function read(from: object, name: string): unknown {
  try {
    return (from as Record<string, unknown>)[name];
  } catch {
    return undefined;
  }
}
