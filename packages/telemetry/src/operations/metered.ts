const metered = new WeakMap<object, WeakSet<object>>();
const names = new WeakMap<object, Set<string>>();

/**
 * Notes that `telemetry` meters an object or a function; false if it does already: wrapped twice,
 * everything would count twice.
 */
export function isFirstWrapping(telemetry: object, wrapped: object): boolean {
  const known = metered.get(telemetry) ?? new WeakSet();
  metered.set(telemetry, known);
  if (known.has(wrapped)) return false;
  known.add(wrapped);
  return true;
}

/**
 * Takes a name of `owner`, because the figures of the second of two things would hide those of the first.
 * @returns gives the name back
 * @throws TypeError if another thing of this kind has it
 */
export function claimName(
  owner: object,
  kind: string,
  name: string,
  fix = 'Rename the second.',
): () => void {
  const taken = names.get(owner) ?? new Set();
  names.set(owner, taken);
  if (taken.has(`${kind} ${name}`)) {
    throw new TypeError(
      `Expected the name of each ${kind} to be its own, got \`${name}\` twice. ${fix}`,
    );
  }
  taken.add(`${kind} ${name}`);
  return () => void taken.delete(`${kind} ${name}`);
}
