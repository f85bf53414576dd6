import { fileURLToPath } from 'node:url';
import {
  readServerConfiguration,
  readTokenSecret,
  type ServerConfiguration,
} from '@watchkeeper/galley';
import { ConfigurationError, type EnvironmentReader } from '@watchkeeper/telemetry';
import type { LimitFactors } from './limits/middleware.ts';
import { readRouting } from './routing/file.ts';
import type { Routing } from './routing/schema.ts';

export interface UpstreamAddress {
  readonly url: string;
  readonly managementUrl: string;
}

export interface Configuration extends ServerConfiguration {
  readonly tokenSecret: Uint8Array;
  readonly routing: Routing;
  /** By upstream name. */
  readonly addresses: Readonly<Record<string, UpstreamAddress>>;
  readonly limitFactors: LimitFactors;
  readonly corsOrigins: readonly string[];
  /** How many proxies in front are trusted to set `X-Forwarded-For`. */
  readonly trustedProxies: number;
}

const ownRoutes = fileURLToPath(new URL('../routes.yml', import.meta.url));

/**
 * Reads the gateway's variables and its file of routes.
 * @throws ConfigurationError that names every fault of both
 */
export function readConfiguration(reader: EnvironmentReader): Configuration {
  const faults: string[] = [];
  const file = reader.text('ROUTES_FILE', ownRoutes);
  const routing = collect(faults, () => readRouting(file));
  const tokenSecret = collect(faults, () => readTokenSecret(reader));
  const configuration = {
    ...readServerConfiguration(reader),
    addresses: readAddresses(reader, Object.keys(routing?.upstreams ?? {})),
    limitFactors: {
      address: reader.number('ADDRESS_LIMIT_FACTOR', { fallback: 1, min: 0.01, max: 10_000 }),
      user: reader.number('USER_LIMIT_FACTOR', { fallback: 1, min: 0.01, max: 10_000 }),
    },
    corsOrigins: readOrigins(reader, faults),
    trustedProxies: reader.integer('TRUSTED_PROXIES', { fallback: 0, min: 0, max: 10 }),
  };
  // The reader has faults of its own, and all of them belong in one message.
  collect(faults, () => reader.finish());
  if (routing === undefined || tokenSecret === undefined || faults.length > 0) {
    throw new ConfigurationError(faults);
  }
  return { ...configuration, routing, tokenSecret };
}

function collect<T>(faults: string[], read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    faults.push(...error.faults);
    return undefined;
  }
}

function readAddresses(reader: EnvironmentReader, upstreams: readonly string[]) {
  return Object.fromEntries(
    upstreams.map((name) => {
      const variable = name.toUpperCase();
      const url = reader.url(`${variable}_URL`);
      return [name, { url, managementUrl: reader.url(`${variable}_MANAGEMENT_URL`) }];
    }),
  );
}

function readOrigins(reader: EnvironmentReader, faults: string[]): string[] {
  const text = reader.optionalText('CORS_ORIGINS') ?? '';
  const origins = text.split(',').flatMap((origin) => origin.trim() || []);
  for (const origin of origins) {
    if (URL.parse(origin)?.origin === origin) continue;
    faults.push(`Expected \`CORS_ORIGINS\` to list origins by comma, got \`${origin}\`.`);
  }
  return origins;
}
