import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { ConfigurationError } from '@watchkeeper/telemetry';
import { parse } from 'yaml';
import { type Routing, routingSchema } from './schema.ts';

/** @throws ConfigurationError that lists every error of the file */
export function readRouting(file: string): Routing {
  const result = routingSchema.safeParse(readYaml(file));
  if (result.success) return result.data;
  throw new ConfigurationError(
    result.error.issues.map(
      ({ path, message }) => `${basename(file)}: ${path.join('.')}: ${message}`,
    ),
  );
}

function readYaml(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ConfigurationError([
      `Expected \`ROUTES_FILE\` to name a readable file, got \`${file}\` (${code}).`,
    ]);
  }
  try {
    return parse(text);
  } catch (error) {
    const [firstLine] = (error as Error).message.split('\n');
    throw new ConfigurationError([`${basename(file)}: ${firstLine}`]);
  }
}
