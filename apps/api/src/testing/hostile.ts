import fc from 'fast-check';

// Known to break parsers, databases and labels; random text rarely contains them.
const nasty = fc.constantFrom(
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\ud800',
  '\u202e',
  "'; DROP TABLE accounts.users; --",
  '../../etc/passwd',
  '%00',
  '__proto__',
  '-1',
  '1e309',
  'NaN',
  'x'.repeat(10_000),
);

/** Known hostile text, or random binary text. */
export const hostileText = fc.oneof(nasty, fc.string({ unit: 'binary', maxLength: 60 }));

/** Any JSON value, and many that resemble valid ones. */
export const hostileValue = fc.oneof(
  hostileText,
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(null, true, 0, -1, 1e308, [], {}, [[]], { toString: 1 }),
);

/** A body with these fields, each hostile or valid as given; some are left out. */
export function hostileBody(fields: Readonly<Record<string, unknown>>) {
  const one = (valid: unknown) => fc.oneof(fc.constant(valid), hostileValue);
  const model = Object.fromEntries(
    Object.entries(fields).map(([name, valid]) => [name, one(valid)]),
  );
  return fc.oneof(
    { weight: 4, arbitrary: fc.record(model, { requiredKeys: [] }) },
    { weight: 1, arbitrary: hostileValue },
  );
}

/** A part of a path, encoded so that it stays one part. */
export const hostilePart = fc.oneof(
  hostileText.map((text) => encodeURIComponent(text.toWellFormed()).slice(0, 500) || '%20'),
  fc.constantFrom('%', '%ff', '00000000-0000-4000-8000-000000000000', 'me'),
);
