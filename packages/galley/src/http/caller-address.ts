import ipaddr from 'ipaddr.js';

/** The part of an address that counts as one caller: all of IPv4, the first 64 bits of IPv6. */
export function callerAddress(address = 'unknown'): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (!(parsed instanceof ipaddr.IPv6)) return parsed.toString();
  // A customer gets a whole /64, so its other half is the customer's to make up.
  const groups = parsed.parts.slice(0, 4);
  return groups.map((group) => group.toString(16)).join(':');
}
