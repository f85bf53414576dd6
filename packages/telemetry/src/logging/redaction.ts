// Names of fields whose value never reaches a log line. Source: the project's telemetry contract.
const secretFields = [
  'authorization',
  'card_number',
  'cardNumber',
  'code_sent',
  'cookie',
  'one_time_code',
  'oneTimeCode',
  'otp',
  'password',
  'phone',
  'phone_number',
  'phoneNumber',
  'refresh_token',
  'refreshToken',
  'set-cookie',
  'token',
  'access_token',
  'accessToken',
];

// Fields are flat by convention; two levels more cover a logged header set or request body.
const depths = ['', '*.', '*.*.'];

/** Paths for pino's `redact`: the secret names at the top and up to two levels down. */
export function redactionPaths(): string[] {
  return depths.flatMap((depth) =>
    secretFields.map((field) => {
      if (/^\w+$/.test(field)) return `${depth}${field}`;
      return depth === '' ? `["${field}"]` : `${depth.slice(0, -1)}["${field}"]`;
    }),
  );
}
