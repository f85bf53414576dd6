/** Every fault of a configuration at once; the process should exit with code 2. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`The configuration has ${faults.length} fault(s):\n${faults.join('\n')}`);
    this.faults = faults;
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads variables, remembers every fault, and throws them all together in `finish`. */
export interface EnvironmentReader {
  text(name: string, fallback?: string): string;
  optionalText(name: string): string | undefined;
  integer(name: string, range: { fallback?: number; min: number; max: number }): number;
  number(name: string, range: { fallback?: number; min: number; max: number }): number;
  boolean(name: string, fallback: boolean): boolean;
  oneOf<const V extends string>(name: string, values: readonly V[], fallback: V): V;
  url(name: string, fallback?: string): string;
  /** Adds a fault that concerns several variables. */
  refuse(fault: string): void;
  /** @throws ConfigurationError when any variable read so far was faulty */
  finish(): void;
}

/** Makes a reader of `environment`; an empty variable counts as absent. */
export function createEnvironmentReader(environment: Environment): EnvironmentReader {
  const faults: string[] = [];

  function raw(name: string): string | undefined {
    const value = environment[name];
    return value === undefined || value === '' ? undefined : value;
  }

  function fault(name: string, expected: string, value: string | undefined): void {
    const got = value === undefined ? 'it is not set' : `got \`${value}\``;
    faults.push(`Expected \`${name}\` to be ${expected}, ${got}.`);
  }

  function numeric(
    name: string,
    kind: 'an integer' | 'a number',
    { fallback, min, max }: { fallback?: number; min: number; max: number },
  ): number {
    const value = raw(name);
    if (value === undefined && fallback !== undefined) return fallback;
    const parsed = Number(value ?? Number.NaN);
    const isKind = kind === 'a number' ? Number.isFinite(parsed) : Number.isInteger(parsed);
    if (!isKind || parsed < min || parsed > max) {
      fault(name, `${kind} from ${min} to ${max}`, value);
    }
    return parsed;
  }

  function text(name: string, fallback?: string): string {
    const value = raw(name) ?? fallback;
    if (value === undefined) fault(name, 'set', undefined);
    return value ?? '';
  }

  return {
    text,
    optionalText: raw,
    integer: (name, range) => numeric(name, 'an integer', range),
    number: (name, range) => numeric(name, 'a number', range),
    boolean(name, fallback) {
      const value = raw(name);
      if (value === undefined) return fallback;
      if (value !== 'true' && value !== 'false') fault(name, '`true` or `false`', value);
      return value === 'true';
    },
    oneOf(name, values, fallback) {
      const value = raw(name);
      if (value === undefined) return fallback;
      const found = values.find((candidate) => candidate === value);
      if (found === undefined) fault(name, `one of \`${values.join('`, `')}\``, value);
      return found ?? fallback;
    },
    url(name, fallback) {
      const value = text(name, fallback);
      // `localhost:9090` parses too, as a scheme without a host.
      if (value !== '' && !URL.parse(value)?.host) fault(name, 'a URL with scheme and host', value);
      return value;
    },
    refuse: (text) => void faults.push(text),
    finish() {
      if (faults.length > 0) throw new ConfigurationError(faults);
    },
  };
}
