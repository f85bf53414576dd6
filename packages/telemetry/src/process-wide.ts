/**
 * The one value of this name in the process, made by its first caller. A module is loaded once for
 * each copy of this package, but a process has one tracing and one end.
 */
export function processWide<T extends object>(name: string, make: () => T): T {
  const key = Symbol.for(`watchkeeper.${name}`);
  const places = globalThis as { [key: symbol]: T | undefined };
  places[key] ??= make();
  return places[key];
}
