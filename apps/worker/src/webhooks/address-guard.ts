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
// Of Azure, which has the form of a public address, of Alibaba and of Oracle.
// Source: https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16
const metadata: ReadonlySet<string> = new Set(['168.63.129.16', '100.100.100.200', '192.0.0.192']);

export function isPublicAddress(text: string): boolean {
  if (isIP(text) === 0 || metadata.has(text)) return false;
  const address = ipaddr.parse(text);
  if (address instanceof ipaddr.IPv4) return publicRanges.has(address.range());
  return address.range() === 'unicast' && address.match(globalUnicastV6);
}

// Never, whoever is on a list: clouds answer with credentials there.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
const neverRanges: ReadonlySet<string> = new Set([
  'linkLocal',
  'unspecified',
  'multicast',
  'broadcast',
]);
// An IPv4 address within an IPv6 address, of link-local ones too.
const embedding: ReadonlySet<string> = new Set(['rfc6052', 'rfc6145', '6to4', 'teredo']);
const metadataV6 = ipaddr.IPv6.parseCIDR('fd00:ec2::/32');

/** Whether not even a listed host may have that address. */
function isNeverAllowed(text: string): boolean {
  if (isIP(text) === 0) return true;
  const address = ipaddr.process(text);
  if (neverRanges.has(address.range()) || metadata.has(address.toString())) return true;
  if (!(address instanceof ipaddr.IPv6)) return false;
  // Whatever a translator makes of them is checked nowhere.
  return embedding.has(address.range()) || address.match(metadataV6);
}

/** Hosts of our own network that may get webhooks, as `host:port`. */
export type PrivateHosts = ReadonlySet<string>;

/** Whether a text is a host and a port that may be on the list. */
export function isPrivateHost(text: string): boolean {
  const url = URL.parse(`http://${text}`);
  if (url === null || hostAndPort(url) !== text || text.includes('*')) return false;
  return isIP(hostOf(url)) === 0 || !isNeverAllowed(hostOf(url));
}

/** Whether a URL's host is on the list, by name and port. */
export function isListed(url: string, privateHosts: PrivateHosts): boolean {
  return privateHosts.has(hostAndPort(new URL(url)));
}

/**
 * Whether a URL is http or https, without credentials, and not a private address but for the listed.
 * The address of a name is checked only when it is looked up: see `guardedLookup`.
 */
export function isSendable(text: string, privateHosts: PrivateHosts): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  const { protocol, username, password } = url;
  if (!['http:', 'https:'].includes(protocol) || username !== '' || password !== '') return false;
  const host = hostOf(url);
  return isIP(host) === 0 || isPublicAddress(host) || isListed(text, privateHosts);
}

/** Whether a URL may be subscribed: sendable, and not a name of our own network but for the listed. */
export function isAcceptableUrl(text: string, privateHosts: PrivateHosts): boolean {
  if (!isSendable(text, privateHosts)) return false;
  const host = hostOf(new URL(text));
  if (isIP(host) !== 0 || isListed(text, privateHosts)) return true;
  return host.includes('.') && !/\.(localhost|local|internal)$/.test(host);
}

function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}

function hostAndPort({ protocol, hostname, port }: URL): string {
  return `${hostname}:${port || (protocol === 'https:' ? '443' : '80')}`;
}

type Callback = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

/**
 * Creates a look-up for a connection that fails if any address of the name is forbidden. The connection
 * goes to the checked address itself, so the name can't resolve to another one in between.
 */
function createLookup(isAllowed: (address: string) => boolean) {
  return (hostname: string, options: LookupOptions, callback: Callback): void => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, '');
      const [first] = addresses;
      if (first === undefined || !addresses.every(({ address }) => isAllowed(address))) {
        return callback(new ForbiddenAddressError('The name resolves to a private address.'), '');
      }
      return options.all ? callback(null, addresses) : callback(null, first.address, first.family);
    });
  };
}

/** For everybody's hosts: public addresses only. */
export const guardedLookup = createLookup(isPublicAddress);

/** For listed hosts: private addresses too, link-local ones never. */
export const listedLookup = createLookup((address) => !isNeverAllowed(address));
