import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseCommandLine, usageError } from '@watchkeeper/drills/command/arguments';
import { readInbox } from '@watchkeeper/drills/observation/monitoring-clients';
import { waitUntil } from '@watchkeeper/drills/observation/wait-until';
import { setApiFaults, withTemporaryStack } from '@watchkeeper/drills/systems/temporary-stack';
import { repositoryRoot as root } from '@watchkeeper/stack';
import { type Camera, openCamera, type Shot } from './camera.ts';

const usage = `Usage: npm run pictures -- [--minutes <n>] [--inbox <address>] [--only <uid>]…

  --minutes  minutes of traffic to show (12 by default)
  --inbox    takes the dashboards of a running system, such as http://localhost:8025; by default one
             is started, with a fault at the end for the picture of the inbox
  --only     these dashboards only`;

const print = (text: string) => process.stdout.write(`${text}\n`);

interface Options {
  readonly minutes: number;
  readonly only: readonly string[];
}

declare const document: {
  documentElement: { dataset: { state?: string } };
  querySelector(text: string): unknown;
};

const isDrawn = () => document.documentElement.dataset.state === 'ready';

async function takeDashboards(camera: Camera, inbox: string, { minutes, only }: Options) {
  const folder = join(root, 'monitoring/grafana/dashboards');
  const uids = readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -5))
    .filter((uid) => only.length === 0 || only.includes(uid));
  for (const uid of uids) {
    await take(camera, shotOf(inbox, uid, minutes, `docs/dashboards/images/${uid}.png`));
  }
}

/** The path of the person on call: from the alert over the home dashboard to the log lines. */
async function takeIncident(camera: Camera, inbox: string, { minutes }: Options): Promise<void> {
  await take(camera, {
    address: `${inbox}/`,
    file: 'docs/images/inbox.png',
    isReady: () => document.querySelector('.alert.firing') !== null,
  });
  await take(camera, shotOf(inbox, 'overview', minutes, 'docs/images/incident.png'));
  await take(camera, shotOf(inbox, 'http', minutes, 'docs/images/incident-http.png'));
  // A healthy system logs no errors.
  await take(camera, shotOf(inbox, 'logs', minutes, 'docs/dashboards/images/logs.png'));
}

function shotOf(inbox: string, uid: string, minutes: number, file: string): Shot {
  const address = `${inbox}/dashboards/${uid}?from=now-${minutes}m&to=now&refresh=`;
  // The first dozens of lines are enough.
  const maxHeight = uid === 'logs' ? { maxHeight: 1_000 } : {};
  return { address, file, isReady: isDrawn, ...maxHeight };
}

async function take(camera: Camera, shot: Shot): Promise<void> {
  const bytes = await camera.take({ ...shot, file: join(root, shot.file) });
  print(`${shot.file}  ${Math.ceil(bytes / 1_000)} kB`);
}

async function isFiring(inbox: string, alertname: string): Promise<boolean> {
  const { alerts } = await readInbox(inbox, alertname);
  return alerts.some(({ status }) => status === 'firing');
}

/**
 * Takes the pictures of README and docs.
 * @throws StackError with exit code 2 and the usage
 */
export async function takePictures(words: string[]): Promise<void> {
  const flags = {
    minutes: { type: 'string', default: '12' },
    inbox: { type: 'string' },
    only: { type: 'string', multiple: true },
  } as const;
  const { values } = parseCommandLine(words, flags, usage);
  const options = { minutes: Number(values.minutes), only: values.only ?? [] };
  if (!(options.minutes >= 1)) {
    throw usageError(`Expected \`--minutes\` to be at least 1, got \`${values.minutes}\`.`, usage);
  }
  const camera = await openCamera();
  try {
    if (values.inbox !== undefined) return await takeDashboards(camera, values.inbox, options);
    await withTemporaryStack({}, async (stack) => {
      const inbox = stack.address('oncall');
      print(`The system runs; its dashboards are at ${inbox}/dashboards.`);
      print(`Waiting ${options.minutes} minutes for traffic.`);
      await sleep(options.minutes * 60_000);
      await takeDashboards(camera, inbox, options);
      await setApiFaults(stack, { errors: { share: 0.3 } });
      await waitUntil('HighErrorRate in the inbox', () => isFiring(inbox, 'HighErrorRate'), {
        timeoutMs: 10 * 60_000,
        everyMs: 2_000,
      });
      await takeIncident(camera, inbox, options);
    });
  } finally {
    await camera.close();
  }
}
