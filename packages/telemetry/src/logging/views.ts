import { isAnyArrayBuffer, isBoxedPrimitive, isMap, isSet } from 'node:util/types';
import { isError } from '../operations/outcome.ts';
import { errorFields } from './error-fields.ts';
import { type LineBuffer, noteCut } from './line-buffer.ts';

type Fields = Record<string, unknown>;

// More than fit into a line.
const maxEntries = 2_000;
const listTags = /^\[object (?:Headers|URLSearchParams|FormData)\]$/;

/** What a line has of an object that is not plain: fields, items, a text; itself if it is unknown. */
export function viewOf(value: object, line: LineBuffer): unknown {
  if (isError(value)) return errorFields(value, line);
  // Bytes may be anything, a key too, and nobody reads them in a line.
  if (ArrayBuffer.isView(value) || isAnyArrayBuffer(value)) {
    return `[${tagOf(value)}: ${value.byteLength} bytes]`;
  }
  if (isMap(value)) return fieldsOf(value.entries(), value.size, line);
  if (isSet(value)) return itemsOf(value, line);
  if (isBoxedPrimitive(value)) return value.valueOf();
  const known = value as Fields;
  if (typeof known.toJSON === 'function') return viewOfJson(known.toJSON(''), value, line);
  return viewOfWeb(known, line) ?? viewOfHttp(known) ?? value;
}

/** What `toJSON` returned may be a map or an error; with a further `toJSON` it is taken as it is. */
function viewOfJson(json: unknown, value: object, line: LineBuffer): unknown {
  if (typeof json !== 'object' || json === null || json === value) return json;
  return typeof (json as Fields).toJSON === 'function' ? json : viewOf(json, line);
}

function tagOf(value: object): string {
  return Buffer.isBuffer(value) ? 'Buffer' : Object.prototype.toString.call(value).slice(8, -1);
}

/** What fetch is made of; by tag, as there are several implementations. */
function viewOfWeb(value: Fields, line: LineBuffer): unknown {
  const tag = Object.prototype.toString.call(value);
  if (listTags.test(tag) && typeof value.entries === 'function') {
    return fieldsOf(value.entries(), Number.POSITIVE_INFINITY, line);
  }
  const { method, url, status, headers } = value;
  if (tag === '[object Request]') return { method, url, headers };
  if (tag === '[object Response]') return { status, url, headers };
  if (/^\[object (?:Blob|File)\]$/.test(tag)) return `${tag.slice(0, -1)}: ${value.size} bytes]`;
  return undefined;
}

/** Requests, answers and streams of Node, of which the inside is endless. */
function viewOfHttp(value: Fields): unknown {
  if (typeof value.setHeader === 'function' && typeof value.getHeaders === 'function') {
    const { method, path, statusCode } = value;
    return { method, path, status_code: statusCode, headers: value.getHeaders() };
  }
  if (typeof value.method === 'string' && value.headers && value.socket) {
    const { remoteAddress } = value.socket as Fields;
    const { method, headers, params, query, body } = value;
    const url = value.originalUrl ?? value.url;
    return { method, url, params, query, body, headers, remote_address: remoteAddress };
  }
  const isStream = '_readableState' in value || '_writableState' in value;
  return isStream ? `[${(value.constructor as { name?: unknown })?.name}]` : undefined;
}

function fieldsOf(entries: unknown, size: number, line: LineBuffer): Fields {
  const fields: Fields = Object.create(null);
  const repeated = new Map<string, unknown[]>();
  let count = 0;
  for (const [name, value] of entries as Iterable<[unknown, unknown]>) {
    if (count === maxEntries) {
      noteCut(line, Number.isFinite(size) ? `${size - count} entries` : 'further entries');
      break;
    }
    count += 1;
    const key = typeof name === 'object' && name !== null ? `[object ${count}]` : String(name);
    // A name may come several times, as a cookie's header does.
    const others = repeated.get(key);
    if (others !== undefined) others.push(value);
    else if (key in fields) {
      const values = [fields[key], value];
      repeated.set(key, values);
      fields[key] = values;
    } else fields[key] = value;
  }
  return fields;
}

function itemsOf(set: Set<unknown>, line: LineBuffer): unknown[] {
  const items: unknown[] = [];
  for (const item of set) {
    if (items.length === maxEntries) {
      noteCut(line, `${set.size - items.length} items`);
      break;
    }
    items.push(item);
  }
  return items;
}
