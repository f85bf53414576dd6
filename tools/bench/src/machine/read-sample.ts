/** The value of a series without labels in a text of metrics; NaN if it is absent. */
export function readSample(text: string, name: string): number {
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN);
}
