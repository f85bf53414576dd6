import { fileURLToPath } from 'node:url';
import { readServerConfiguration, readTokenKeys } from '@watchkeeper/galley';
import { ConfigurationError, type EnvironmentReader } from '@watchkeeper/telemetry';
import { readRouting } from './routing/file.ts';

export type Configuration = Readonly<ReturnType<typeof readConfiguration>>;

const ownRoutes = fileURLToPath(new URL('../routes.yml', import.meta.url));

/**
 * Reads the gateway's variables and its routes file.
 * @throws ConfigurationError that lists all errors of both
 */
export function readConfiguration(reader: EnvironmentReader) {
  const errors: string[] = [];
  const file = reader.text('ROUTES_FILE', ownRoutes);
  const routing = collect(errors, () => readRouting(file));
  const readKeys = collect(errors, () => readTokenKeys(reader));
  const configuration = {
    ...readServerConfiguration(reader),
    /** By upstream name. */
    addresses: readAddresses(reader, Object.keys(routing?.upstreams ?? {})),
    limitFactors: {
      address: reader.number('ADDRESS_LIMIT_FACTOR', { fallback: 1, min: 0.01, max: 10_000 }),
      user: reader.number('USER_LIMIT_FACTOR', { fallback: 1, min: 0.01, max: 10_000 }),
    },
    corsOrigins: readOrigins(reader, errors),
    /** How many proxies in front are trusted to set `X-Forwarded-For`. */
    trustedProxies: reader.integer('TRUSTED_PROXIES', { fallback: 0, min: 0, max: 10 }),
  };
  // The reader collects errors too, and all belong in one message.
  collect(errors, () => reader.finish());
  if (routing === undefined || readKeys === undefined || errors.length > 0) {
    throw new ConfigurationError(errors);
  }
  return { ...configuration, routing, readKeys };
}

function collect<T>(errors: string[], read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    errors.push(...error.faults);
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

function readOrigins(reader: EnvironmentReader, errors: string[]): string[] {
  const text = reader.optionalText('CORS_ORIGINS') ?? '';
  const origins = text.split(',').flatMap((origin) => origin.trim() || []);
  for (const origin of origins) {
    if (URL.parse(origin)?.origin === origin) continue;
    errors.push(
      `Expected \`CORS_ORIGINS\` to be a comma-separated list of origins, got \`${origin}\`.`,
    );
  }
  return origins;
}
