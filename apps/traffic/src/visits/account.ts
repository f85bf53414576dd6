import type { Account } from '../people/account.ts';
import { anyList, anyone, anything, orderList } from '../target/answers.ts';
import type { Client } from '../target/client.ts';
import { setBlocked } from './ordering.ts';
import type { Stage } from './stage.ts';

const me = '/api/v1/users/me';
const bios = ['Hungry.', 'Likes it hot.', 'No onions, please.', 'Back for the soup.'] as const;

/** Somebody looks after their account: profile, orders, and now and then a setting. */
export async function visitAccount(stage: Stage): Promise<void> {
  const { random } = stage;
  const account = stage.pick('customer');
  const client = stage.as(account);
  await readProfile(client);
  await client.send({
    ...{ operation: 'list_orders', path: '/api/v1/orders?limit=10' },
    ...{ expected: 200, answer: orderList },
  });
  await random.pick(errands)(stage, client, account);
  await client.send({
    ...{ operation: 'list_sessions', path: '/api/v1/auth/sessions', expected: 200 },
    answer: anyList,
  });
}

/** Reads one's own profile. */
export async function readProfile(client: Client): Promise<void> {
  await client.send({ operation: 'read_profile', path: me, expected: 200, answer: anyone });
}

type Errand = (stage: Stage, client: Client, account: Account) => Promise<void>;

const errands: readonly Errand[] = [changeBio, setPrivacy, lookAtOther, blockForAMoment];

async function changeBio({ random }: Stage, client: Client): Promise<void> {
  await client.send({
    ...{ operation: 'change_profile', method: 'PATCH', path: me },
    ...{ body: { bio: random.pick(bios) }, expected: 200, answer: anyone },
  });
}

async function setPrivacy({ random }: Stage, client: Client): Promise<void> {
  const path = `${me}/privacy`;
  await client.send({ operation: 'read_privacy', path, expected: 200, answer: anything });
  const lastSeenVisible = random.isChance(0.5);
  await client.send({
    ...{ operation: 'change_privacy', method: 'PUT', path },
    body: { phoneVisible: false, profileVisible: true, lastSeenVisible },
    ...{ expected: 200, answer: anything },
  });
}

async function lookAtOther(stage: Stage, client: Client): Promise<void> {
  const userId = stage.pick('courier').session?.userId;
  if (userId === undefined) return;
  await client.send({
    ...{ operation: 'read_user', path: `/api/v1/users/${userId}` },
    ...{ expected: 200, answer: anyone },
  });
}

async function blockForAMoment(stage: Stage, client: Client, account: Account): Promise<void> {
  const userId = stage.pick('customer').session?.userId;
  if (userId === undefined || userId === account.session?.userId) return;
  await setBlocked(client, userId, true);
  await client.send({
    ...{ operation: 'list_blocked', path: `${me}/blocked`, expected: 200, answer: anyList },
  });
  await setBlocked(client, userId, false);
}
