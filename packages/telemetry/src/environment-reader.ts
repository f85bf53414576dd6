import { redacted, redactText } from './logging/secrets.ts';

/** Every fault of a configuration at once; the process should exit with code 2. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`The configuration has ${faults.length} fault(s):\n${faults.join('\n')}`);
    this.faults = faults;
  }
}

export type Environment = Readonly<Record<string, string | undefined>>;

interface Range {
  readonly fallback?: number;
  readonly min: number;
  readonly max: number;
}

export type EnvironmentReader = ReturnType<typeof createEnvironmentReader>;

/**
 * Reads variables, without the white space around their values: one from a file ends in a newline.
 * Collects their faults, which `finish` throws. An empty variable is absent.
 */
export function createEnvironmentReader(environment: Environment) {
  const faults: string[] = [];
  const { optionalText, isBlank } = createTextReader(environment, faults);

  function addFault(name: string, expected: string): void {
    if (isBlank(name)) return;
    const value = optionalText(name);
    const got = value === undefined ? 'it is not set' : `got \`${withoutCredentials(value)}\``;
    faults.push(`Expected \`${name}\` to be ${expected}, ${got}.`);
  }

  function text(name: string, fallback?: string): string {
    const value = optionalText(name) ?? fallback;
    if (value === undefined) addFault(name, 'set');
    return value ?? '';
  }

  function number(name: string, { fallback, min, max }: Range, kind = 'a number'): number {
    const value = optionalText(name);
    if (value === undefined && fallback !== undefined) return fallback;
    const parsed = Number(value ?? Number.NaN);
    const isKind = kind === 'a number' ? Number.isFinite(parsed) : Number.isInteger(parsed);
    if (!isKind || parsed < min || parsed > max) addFault(name, `${kind} from ${min} to ${max}`);
    return parsed;
  }

  function oneOf<const V extends string>(name: string, values: readonly V[], fallback: V): V {
    const value = optionalText(name) ?? fallback;
    const found = values.find((candidate) => candidate === value);
    if (found === undefined) addFault(name, `one of \`${values.join('`, `')}\``);
    return found ?? fallback;
  }

  return {
    text,
    optionalText,
    integer: (name: string, range: Range): number => number(name, range, 'an integer'),
    number: (name: string, range: Range): number => number(name, range),
    boolean(name: string, fallback: boolean): boolean {
      const value = optionalText(name) ?? String(fallback);
      if (value !== 'true' && value !== 'false') addFault(name, '`true` or `false`');
      return value === 'true';
    },
    oneOf,
    url(name: string, fallback?: string): string {
      const value = text(name, fallback);
      // `localhost:9090` parses too, as a scheme without a host.
      if (value !== '' && !URL.parse(value)?.host) addFault(name, 'a URL with scheme and host');
      return value;
    },
    /** Adds a fault that concerns several variables. */
    refuse: (fault: string) => void faults.push(fault),
    /** @throws ConfigurationError when any variable read so far was faulty */
    finish(): void {
      if (faults.length > 0) throw new ConfigurationError(faults);
    },
  };
}

/** A faulty value for a message: a malformed address may hold a password before its `@`. */
export function withoutCredentials(value: string): string {
  return redactText(value.replace(/^.*@/s, `${redacted}@`));
}

/** Reads variables without the white space around them; one of nothing else is a fault, told once. */
function createTextReader(environment: Environment, faults: string[]) {
  const blank = new Set<string>();
  return {
    isBlank: (name: string) => blank.has(name),
    optionalText(name: string): string | undefined {
      const value = environment[name] || undefined;
      // A token of white space must not mean that none is required.
      if (value?.trim() === '' && !blank.has(name)) {
        blank.add(name);
        faults.push(`Expected \`${name}\` to have a value, got white space. Set it or remove it.`);
      }
      return value?.trim() || undefined;
    },
  };
}
