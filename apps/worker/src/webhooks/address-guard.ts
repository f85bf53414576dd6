import type { LookupAddress, LookupOptions } from 'node:dns';
import { lookup } from 'node:dns';
import { BlockList, isIP } from 'node:net';
import { NonRetryableError } from '../sending/sender.ts';

/** A webhook that would lead into our own network. */
export class ForbiddenAddressError extends NonRetryableError {
  override readonly name = 'ForbiddenAddressError';
}

// Everything that is not public. Source: the IANA registries of special-purpose addresses,
// https://www.iana.org/assignments/iana-ipv4-special-registry
const privateV4: readonly [string, number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
];
// Inside of the public range 2000::/3; what lies outside of that range is refused altogether. 2002::
// and 2001:: carry an address of version 4 in them, which may be private.
const privateV6: readonly [string, number][] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

const forbidden = new BlockList();
for (const [network, prefix] of privateV4) forbidden.addSubnet(network, prefix, 'ipv4');
for (const [network, prefix] of privateV6) forbidden.addSubnet(network, prefix, 'ipv6');
const publicV6 = new BlockList();
publicV6.addSubnet('2000::', 3, 'ipv6');

/** Whether an address is one of the public internet. */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 4) return !forbidden.check(address, 'ipv4');
  return (
    isIP(address) === 6 && publicV6.check(address, 'ipv6') && !forbidden.check(address, 'ipv6')
  );
}

/**
 * Whether a URL is http or https, without credentials, and not the address of a private network.
 * What a name leads to is seen only when it is looked up: see `guardedLookup`.
 */
export function isSendable(text: string, isPrivateAllowed: boolean): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  if (!['http:', 'https:'].includes(protocol) || username !== '' || password !== '') return false;
  const host = hostOf(text);
  return isPrivateAllowed || isIP(host) === 0 || isPublicAddress(host);
}

/** Whether somebody may subscribe with a URL: one that is sendable, and no name of our own network. */
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
 * Looks a name up for a connection, and fails if any of its addresses is private. As the connection
 * is made to the very address that was checked, a name can't change its mind in between.
 */
export function guardedLookup(hostname: string, options: LookupOptions, callback: Callback): void {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return callback(error, '');
    const [first] = addresses;
    if (first === undefined || !addresses.every(({ address }) => isPublicAddress(address))) {
      return callback(new ForbiddenAddressError('The name leads to a private address.'), '');
    }
    return options.all ? callback(null, addresses) : callback(null, first.address, first.family);
  });
}
