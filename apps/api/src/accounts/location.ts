import { instrumentCache, type Telemetry } from '@watchkeeper/telemetry';
import { geocoder, timezones } from 'libphonenumber-geo-carrier';
import { type PhoneNumber, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { LRUCache } from 'lru-cache';

/** Derived from the number; fields are absent if uncertain. */
export interface PhoneLocation {
  /** ISO 3166-1 alpha-2. */
  readonly country?: string;
  /** In English, such as `San Francisco, CA`. */
  readonly region?: string | undefined;
  /** IANA name, such as `America/Los_Angeles`. */
  readonly timeZone?: string | undefined;
}

/** @param phone E.164 */
export type PhoneLocator = (phone: string) => Promise<PhoneLocation>;

// The tables of big countries take up to 90 ms to read, so that one look-up serves a neighbourhood:
// no prefix in them reaches into the last four digits.
const ownDigits = 4;
const maxNeighbourhoods = 5_000;

export function createPhoneLocator(telemetry: Telemetry): PhoneLocator {
  const cache = instrumentCache(
    new LRUCache<string, PhoneLocation>({ max: maxNeighbourhoods }),
    telemetry,
    { name: 'phone_locations' },
  );
  return async (phone) => {
    const neighbourhood = phone.slice(0, -ownDigits);
    const known = cache.get(neighbourhood);
    if (known !== undefined) return known;
    const location = await locate(parsePhoneNumberFromString(phone));
    cache.set(neighbourhood, location);
    return location;
  };
}

async function locate(number: PhoneNumber | undefined): Promise<PhoneLocation> {
  const country = number?.country;
  if (number === undefined || country === undefined) return {};
  const region = (await geocoder(number)) ?? undefined;
  return { country, region, timeZone: onlyZone(await timezones(number), country) };
}

/** In Node 24, missing in TypeScript's types. */
interface LocaleWithZones extends Intl.Locale {
  getTimeZones?(): string[];
}

/**
 * The one zone that is meant. A mobile number may be from anywhere in its country, and the table
 * then lists the zones of every country that shares the code.
 */
function onlyZone(zones: readonly string[] | null, country: string): string | undefined {
  if (zones === null || zones.length === 1) return zones?.[0];
  const locale: LocaleWithZones = new Intl.Locale('und', { region: country });
  const ofCountry = locale.getTimeZones?.() ?? [];
  const shared = zones.filter((zone) => ofCountry.includes(zone));
  return shared.length === 1 ? shared[0] : undefined;
}
