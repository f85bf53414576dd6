import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { metadataFields } from '@watchkeeper/telemetry';

/** A line of an app, with the labels and metadata that the shipper adds. */
export interface ShippedLine {
  readonly labels: Readonly<Record<string, string>>;
  readonly metadata: Readonly<Record<string, string>>;
  readonly text: string;
}

// As in monitoring/promtail/promtail.yml.
const labelNames = ['service', 'level', 'environment'];

/** Every line of the apps' files, as Promtail ships it. */
export function readLines(folder: string): ShippedLine[] {
  // Beside the folders of the apps are the output files of other programs.
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => readdirSync(join(folder, name)).map((file) => join(folder, name, file)))
    .flatMap((file) => readFileSync(file, 'utf8').split('\n'))
    .filter((line) => line.endsWith('}'))
    .map((text) => {
      const fields = JSON.parse(text) as Record<string, unknown>;
      return { labels: pick(fields, labelNames), metadata: pick(fields, metadataFields), text };
    });
}

function pick(fields: Record<string, unknown>, names: readonly string[]): Record<string, string> {
  const present = names.filter((name) => typeof fields[name] === 'string');
  return Object.fromEntries(present.map((name) => [name, String(fields[name])]));
}
