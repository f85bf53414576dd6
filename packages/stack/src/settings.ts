import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { StackError } from './stack-error.ts';
import { repositoryRoot } from './state-folder.ts';

export interface Settings {
  /** The environment that was read, .env included; the real environment wins. */
  environment: NodeJS.ProcessEnv;
  /** Ports that were set, by their variable. */
  ports: Record<string, number>;
}

// The limit of one traffic process.
const maxTrafficRate = 1_000;

/** The environment together with the checkout's .env. */
export function readEnvironment(
  environment: NodeJS.ProcessEnv = process.env,
  envFile = join(repositoryRoot, '.env'),
): NodeJS.ProcessEnv {
  return { ...readEnvFile(envFile), ...environment };
}

function readEnvFile(file: string): NodeJS.ProcessEnv {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return {};
    throw new StackError(
      `Expected \`${file}\` to be a file that can be read, got ${code}. Correct it, or remove it.`,
      { exitCode: 2, cause: error },
    );
  }
  if (/[\0\uFFFD]/.test(text)) {
    throw new StackError(
      `Expected \`${file}\` to be text in UTF-8, got another encoding. Save it as UTF-8.`,
      { exitCode: 2 },
    );
  }
  // Editors of Windows begin a file with a mark of its byte order.
  return parseEnv(text.replace(/^\uFEFF/, ''));
}

function readPorts(environment: NodeJS.ProcessEnv, variables: string[], faults: string[]) {
  const ports: Record<string, number> = {};
  for (const variable of variables) {
    const value = environment[variable];
    if (value === undefined || value === '') continue;
    const port = Number(value);
    if (!Number.isInteger(port) || port < 1 || port > 65_535) {
      faults.push(
        `Expected \`${variable}\` to be an integer from 1 to 65535, got \`${value}\`. ` +
          'Correct it, or remove it to use the default.',
      );
      continue;
    }
    const other = Object.keys(ports).find((name) => ports[name] === port);
    if (other) {
      faults.push(
        `Expected \`${variable}\` to differ from \`${other}\`, got \`${value}\` for both. ` +
          'Change one of them.',
      );
    }
    ports[variable] = port;
  }
  return ports;
}

const choices = {
  LOG_LEVEL: ['trace', 'debug', 'info', 'warn', 'error', 'fatal'],
  FAULTS_ENABLED: ['true', 'false'],
};

function checkChoices(environment: NodeJS.ProcessEnv, faults: string[]): void {
  for (const [variable, allowed] of Object.entries(choices)) {
    const value = environment[variable];
    if (!value || allowed.includes(value)) continue;
    faults.push(`Expected \`${variable}\` to be one of ${allowed.join(', ')}, got \`${value}\`.`);
  }
}

function checkTrafficRate({ TRAFFIC_RATE }: NodeJS.ProcessEnv, faults: string[]): void {
  const rate = Number(TRAFFIC_RATE || 0);
  if (rate >= 0 && rate <= maxTrafficRate) return;
  faults.push(
    `Expected \`TRAFFIC_RATE\` to be visits a second, from 0 to ${maxTrafficRate}, got \`${TRAFFIC_RATE}\`.`,
  );
}

/** Reads the settings; throws one error, with exit code 2, that lists every fault. */
export function readSettings(environment: NodeJS.ProcessEnv, portVariables: string[]): Settings {
  const faults: string[] = [];
  const settings: Settings = { environment, ports: readPorts(environment, portVariables, faults) };
  checkChoices(environment, faults);
  checkTrafficRate(environment, faults);
  if (faults.length > 0) throw new StackError(faults.join('\n'), { exitCode: 2 });
  return settings;
}
