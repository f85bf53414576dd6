import type { EnvironmentReader } from './environment-reader.ts';

export interface MetricsConfiguration {
  readonly isEnabled: boolean;
  readonly port: number;
  readonly bindAddress: string;
  /** A file that holds the bearer token of the management server. */
  readonly tokenFile: string | undefined;
  /** The bearer token itself. Without either no token is required. */
  readonly token: string | undefined;
}

const defaultPort = 9_090;

/** Reads `METRICS_*`. */
export function readMetricsConfiguration(reader: EnvironmentReader): MetricsConfiguration {
  return {
    isEnabled: reader.boolean('METRICS_ENABLED', true),
    ...readAddress(reader),
    ...readAuthentication(reader),
  };
}

function readAddress(reader: EnvironmentReader): { port: number; bindAddress: string } {
  // Loopback by default: metrics reveal internals to an attacker.
  const text = reader.text('METRICS_BIND_ADDRESS', '127.0.0.1');
  const [, host, ownPort] = /^(\[[^\]]+\]|[^:]+):(\d+)$/.exec(text) ?? [];
  const fallback = ownPort === undefined ? defaultPort : Number(ownPort);
  const port = reader.integer('METRICS_PORT', { fallback, min: 0, max: 65_535 });
  if (ownPort !== undefined && port !== fallback) {
    reader.refuse(`Expected \`METRICS_PORT\` to be the port of \`${text}\`, got \`${port}\`.`);
  }
  if (fallback > 65_535) {
    reader.refuse(`Expected \`METRICS_BIND_ADDRESS\` to have a port to 65535, got \`${text}\`.`);
  }
  return { port, bindAddress: (host ?? text).replace(/^\[(.*)\]$/, '$1') };
}

function readAuthentication(reader: EnvironmentReader) {
  const tokenFile = reader.optionalText('METRICS_TOKEN_FILE');
  const token = reader.optionalText('METRICS_TOKEN');
  const hasToken = tokenFile !== undefined || token !== undefined;
  const isRequired = reader.boolean('METRICS_REQUIRE_AUTH', hasToken);
  if (tokenFile !== undefined && token !== undefined) {
    reader.refuse('Expected one of `METRICS_TOKEN_FILE` and `METRICS_TOKEN` to be set, got both.');
  }
  if (isRequired && !hasToken) {
    reader.refuse('Expected `METRICS_TOKEN_FILE` to be set, as `METRICS_REQUIRE_AUTH` is `true`.');
  }
  return isRequired ? { tokenFile, token } : { tokenFile: undefined, token: undefined };
}
