import { isIPv6 } from 'node:net';

/** The part of an address that is counted as one caller: IPv4 whole, of IPv6 the first 64 bits. */
export function callerAddress(address: string | undefined): string {
  if (address === undefined) return 'unknown';
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  // One customer is given a whole /64, so its other half is the customer's to make up.
  return isIPv6(address) ? firstHalf(address) : address;
}

function firstHalf(address: string): string {
  const [left = '', right] = (address.split('%', 1)[0] ?? '').split('::', 2);
  const head = left === '' ? [] : left.split(':');
  const tail = right === undefined || right === '' ? [] : right.split(':');
  const zeros = Array.from({ length: Math.max(8 - head.length - tail.length, 0) }, () => '0');
  const groups = [...head, ...zeros, ...tail].slice(0, 4);
  return groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':');
}
