import { redactText, suspicious } from './secrets.ts';

// A store refuses longer lines, Loki by default at 256 kB, and a reader gives up long before.
const maxLineBytes = 64_000;
// Longer strings are cut: more of one says nothing, and searching it for secrets takes time.
const maxTextLength = 16_384;
// Of the five milliseconds that a line may take, the values with parts get three.
const maxValueMs = 3;
// Smaller values take microseconds: a machine that paused meanwhile must not cut them.
const visitsBeforeClock = 256;
// Between two looks at the clock, which cost as much as a few values.
const visitsPerCheck = 32;
const maxLateText = 4_096;
const maxCutNotes = 10;
const maxNotedName = 40;
// For the closing brackets of what is open, the notes on what was cut, and bindings of a child that
// are not ASCII: those are counted as characters, once a line.
const reservedBytes = 8_500;

/** A line while it is written: its JSON so far, its bounds, and what was left out. */
export interface LineBuffer {
  text: string;
  /** Bytes of `text` in UTF-8 beyond one for each character. */
  extraBytes: number;
  /** Bytes past which the line's fields are cut, and the field that is being written. */
  max: number;
  limit: number;
  /** The field that is being written. */
  field: string;
  /** Objects that are open around the one that is being written. */
  readonly ancestors: object[];
  readonly cuts: string[];
  omittedCuts: number;
  visits: number;
  isLate: boolean;
  /** On the monotonic clock; 0 until the first value with parts. */
  deadline: number;
  /** Appends any value; handed on, as values and errors hold each other. */
  readonly append: Append;
}

type Append = (line: LineBuffer, value: unknown) => void;

export const maxFieldBytes = maxLineBytes - reservedBytes;

/** @param max bytes past which fields are cut */
export function createLineBuffer(append: Append, text: string, max: number): LineBuffer {
  return {
    append,
    text,
    extraBytes: 0,
    max,
    limit: max,
    field: '',
    ancestors: [],
    cuts: [],
    omittedCuts: 0,
    visits: 0,
    isLate: false,
    deadline: 0,
  };
}

export function usedBytes(line: LineBuffer): number {
  return line.text.length + line.extraBytes;
}

/** Half of the bytes left goes to a large field, so that there are always some for the next. */
export function limitField(line: LineBuffer): void {
  const used = usedBytes(line);
  line.limit = used + (line.max - used) / 2;
  // A field that took all of the time leaves a few values of the next ones readable.
  line.visits = 0;
  line.isLate = false;
}

export function unlimitField(line: LineBuffer): void {
  line.limit = line.max;
}

/** Whether the field's bytes or the line's time are used up. */
export function isFull(line: LineBuffer): boolean {
  if (line.isLate || usedBytes(line) >= line.limit) return true;
  if (line.deadline === 0) line.deadline = performance.now() + maxValueMs;
  line.visits += 1;
  if (line.visits < visitsBeforeClock || line.visits % visitsPerCheck > 0) return false;
  line.isLate = performance.now() > line.deadline;
  return line.isLate;
}

/** Whether the line's time is used up by its own fields; the first few hundred are always written. */
export function isLateRecord(line: LineBuffer, fields: number): boolean {
  if (fields % visitsPerCheck > 0) return false;
  if (line.deadline === 0) line.deadline = performance.now() + maxValueMs;
  return fields >= visitsBeforeClock && performance.now() > line.deadline;
}

/** Notes what was left out, for the line to say. */
export function noteCut(line: LineBuffer, what: string): void {
  if (line.cuts.length < maxCutNotes)
    line.cuts.push(`${line.field.slice(0, maxNotedName)}: ${what}`);
  else line.omittedCuts += 1;
}

/** The notes as the field that ends a line that was cut; an empty text for all others. */
export function cutField({ cuts, omittedCuts }: LineBuffer): string {
  if (cuts.length === 0) return '';
  const notes = omittedCuts === 0 ? cuts : [...cuts, `and ${omittedCuts} more`];
  return `,"line_truncated":${JSON.stringify(notes)}`;
}

// Neither to be escaped nor suspicious of holding a secret; true for nearly all strings.
const needsWork = new RegExp(`["\\\\]|[^\\x20-\\x7e]|${suspicious.source}`);
// Shorter strings are never cut: a field of the line's own has to be readable.
const maxShortLength = 256;

/** Whether a value is so small that a line always has room for it. */
export function isShort(value: unknown): boolean {
  if (typeof value === 'string') return value.length <= maxShortLength;
  return typeof value !== 'object' || value === null;
}

/** Whether a text is short, holds no secret and needs no escape. */
export function isPlainText(text: string): boolean {
  return text.length <= maxShortLength && !needsWork.test(text);
}

/** Appends a string as JSON, without the secrets in it. */
export function appendText(line: LineBuffer, text: string): void {
  if (isPlainText(text)) line.text += `"${text}"`;
  else appendLongText(line, text);
}

function appendLongText(line: LineBuffer, text: string): void {
  const room = Math.max(line.limit - usedBytes(line), maxShortLength);
  const most = Math.min(line.isLate ? maxLateText : maxTextLength, room);
  // A little more than is kept, so that a secret at the end is seen whole.
  const safe = redactText(text.length > most ? text.slice(0, most + 1_024) : text);
  let quoted = quote(safe.length > most ? cut(line, safe.slice(0, most), text, most) : safe);
  // Escapes and other alphabets need up to six bytes for a character.
  if (Buffer.byteLength(quoted) > room + maxShortLength) {
    quoted = quote(cut(line, safe.slice(0, room / 6), text, room / 6));
  }
  line.text += quoted;
  line.extraBytes += Buffer.byteLength(quoted) - quoted.length;
}

function cut(line: LineBuffer, kept: string, { length }: string, most: number): string {
  const left = `${length - Math.floor(most)} characters`;
  noteCut(line, left);
  return `${kept}[truncated: ${left}]`;
}

// `JSON.stringify` writes a lone surrogate as an escape, which every reader takes.
const quote = (text: string): string => JSON.stringify(text);
