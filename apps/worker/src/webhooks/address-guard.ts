import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { NonRetryableError } from '../sending/errors.ts';

/** A webhook address inside our own network. */
export class ForbiddenAddressError extends NonRetryableError {
  override readonly name = 'ForbiddenAddressError';
}

// AS112 and AMT are special-purpose but public.
// Source: https://www.iana.org/assignments/iana-ipv4-special-registry
const publicRanges: ReadonlySet<string> = new Set(['unicast', 'as112', 'amt']);
const globalUnicastV6 = ipaddr.IPv6.parseCIDR('2000::/3');

export function isPublicAddress(text: string): boolean {
  if (isIP(text) === 0) return false;
  const address = ipaddr.parse(text);
  if (address instanceof ipaddr.IPv4) return publicRanges.has(address.range());
  return address.range() === 'unicast' && address.match(globalUnicastV6);
}

/**
 * Whether a URL is http or https, without credentials, and not a private address. The address of a
 * name is checked only when it is looked up: see `guardedLookup`.
 */
export function isSendable(text: string, isPrivateAllowed: boolean): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  if (!['http:', 'https:'].includes(protocol) || username !== '' || password !== '') return false;
  const host = hostOf(text);
  return isPrivateAllowed || isIP(host) === 0 || isPublicAddress(host);
}

/** Whether a URL may be subscribed: sendable, and not a name of our own network. */
export function isAcceptableUrl(text: string, isPrivateAllowed: boolean): boolean {
  if (!isSendable(text, isPrivateAllowed)) return false;
  const host = hostOf(text);
  if (isPrivateAllowed || isIP(host) !== 0) return true;
  return host.includes('.') && !/\.(localhost|local|internal)$/.test(host);
}

function hostOf(url: string): string {
  return new URL(url).hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}

type Callback = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

/**
 * Looks up a name for a connection, and fails if any of its addresses is private. The connection
 * goes to the checked address itself, so the name can't resolve to another one in between.
 */
export function guardedLookup(hostname: string, options: LookupOptions, callback: Callback): void {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return callback(error, '');
    const [first] = addresses;
    if (first === undefined || !addresses.every(({ address }) => isPublicAddress(address))) {
      return callback(new ForbiddenAddressError('The name resolves to a private address.'), '');
    }
    return options.all ? callback(null, addresses) : callback(null, first.address, first.family);
  });
}
