/**
 * A property of whatever a caller gave or threw.
 * @param unreadable stands for one whose getter throws
 */
export function readProperty(value: unknown, name: string | number, unreadable?: unknown): unknown {
  try {
    return (value as Record<string | number, unknown> | undefined | null)?.[name];
  } catch {
    return unreadable;
  }
}
