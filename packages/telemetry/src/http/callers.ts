import { BlockList, isIP } from 'node:net';
import type { EnvironmentReader } from '../environment-reader.ts';

/** Whether the trace and the ids of a request from this address are continued. */
export type CallerTrust = (address: string | undefined) => boolean;

const trustAll: CallerTrust = () => true;
const trustNone: CallerTrust = () => false;

/**
 * Reads `TRUSTED_CALLERS`: `all` by default, which suits a service behind others; at the edge `none`, or
 * the addresses of the proxies in front, which replace what strangers send.
 */
export function readCallerTrust(reader: EnvironmentReader): CallerTrust {
  const text = reader.text('TRUSTED_CALLERS', 'all');
  if (text === 'all') return trustAll;
  if (text === 'none') return trustNone;
  const trusted = new BlockList();
  for (const entry of text.split(',').map((part) => part.trim())) {
    if (addTo(trusted, entry)) continue;
    reader.refuse(
      `Expected \`TRUSTED_CALLERS\` to be \`all\`, \`none\` or a list of addresses, got \`${entry}\`.`,
    );
  }
  return (address = '') => {
    const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
    const family = isIP(plain);
    return family !== 0 && trusted.check(plain, family === 6 ? 'ipv6' : 'ipv4');
  };
}

/** Returns false for what is neither an address nor a network such as `10.0.0.0/8`. */
function addTo(list: BlockList, entry: string): boolean {
  const [address = '', length] = entry.split('/');
  const family = isIP(address);
  if (family === 0) return false;
  const type = family === 6 ? 'ipv6' : 'ipv4';
  if (length === undefined) list.addAddress(address, type);
  else if (!/^\d{1,3}$/.test(length) || Number(length) > (family === 6 ? 128 : 32)) return false;
  else list.addSubnet(address, Number(length), type);
  return true;
}
