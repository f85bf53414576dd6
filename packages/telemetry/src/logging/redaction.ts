// Names of fields whose value never reaches a log line, in lower case and without separators, so
// that `refresh_token` and `refreshToken` are one. Source: the project's telemetry contract.
const secretFields = new Set([
  ...['accesstoken', 'apikey', 'authorization', 'cardnumber', 'clientsecret', 'cookie', 'cvc'],
  ...['cvv', 'idtoken', 'jwt', 'newpassword', 'onetimecode', 'otp', 'passphrase', 'password'],
  ...['phone', 'phonenumber', 'privatekey', 'proxyauthorization', 'refreshtoken', 'secret'],
  ...['sessiontoken', 'setcookie', 'token', 'verificationcode', 'xapikey'],
]);

const redacted = '[redacted]';

// Deeper than any body in a log line; deeper values are left out unsearched.
const maxDepth = 6;

const isSecretByName = new Map<string, boolean>();
// Field names come from code, so they are few; the bound is for a line that logs a stranger's body.
const maxRememberedNames = 2_000;

function isSecret(name: string): boolean {
  const known = isSecretByName.get(name);
  if (known !== undefined) return known;
  const result = secretFields.has(name.replaceAll(/[-_]/g, '').toLowerCase());
  if (isSecretByName.size < maxRememberedNames) isSecretByName.set(name, result);
  return result;
}

/**
 * The fields of a line without secrets, at any depth. Fields without any are returned as they are:
 * walking the names costs a tenth of path-based redaction, which every line would pay.
 */
export function redactFields<T extends object>(fields: T, depth = 0): T {
  let copy: Record<string, unknown> | undefined;
  for (const name in fields) {
    const value: unknown = fields[name];
    const safe = isSecret(name) ? redacted : redactValue(value, depth);
    if (safe === value) continue;
    copy ??= { ...(fields as Record<string, unknown>) };
    copy[name] = safe;
  }
  return (copy ?? fields) as T;
}

/** The same for any value: unreadable fields, such as a getter that throws, are left out. */
export function redactAnything(fields: Record<string, unknown>): Record<string, unknown> {
  try {
    return redactFields(fields);
  } catch {
    const readable = Object.entries(Object.getOwnPropertyDescriptors(fields)).filter(
      ([name, { value }]) => typeof value !== 'object' && !isSecret(name),
    );
    const plain = readable.map(([name, { value }]) => [name, value]);
    return { ...Object.fromEntries(plain), unreadable_fields: true };
  }
}

function redactValue(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= maxDepth) return '[too deep]';
  if (Array.isArray(value)) {
    const safe = value.map((item) => redactValue(item, depth + 1));
    return safe.some((item, index) => item !== value[index]) ? safe : value;
  }
  // Errors, dates and the like are written by their own serializers, which write safe fields only.
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) return value;
  return redactFields(value, depth + 1);
}
