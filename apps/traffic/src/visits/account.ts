import type { Account } from '../people/account.ts';
import { anyList, anyone, orderList } from '../target/answers.ts';
import type { Client } from '../target/client.ts';
import { setBlocked } from './ordering.ts';
import type { Stage } from './stage.ts';

const me = '/api/v1/users/me';
const bios = ['Hungry.', 'Likes it hot.', 'No onions, please.', 'Back for the soup.'] as const;

/** A customer reads their profile, orders and sessions, and changes a setting. */
export async function visitAccount(stage: Stage): Promise<void> {
  const { random } = stage;
  const account = stage.pick('customer');
  const client = stage.as(account);
  await readProfile(client);
  await client.send({
    ...{ operation: 'list_orders', path: '/api/v1/orders?limit=10', answer: orderList },
  });
  await random.pick(errands)(stage, client, account);
  await client.send({ operation: 'list_sessions', path: '/api/v1/auth/sessions', answer: anyList });
}

export async function readProfile(client: Client): Promise<void> {
  await client.send({ operation: 'read_profile', path: me, answer: anyone });
}

type Errand = (stage: Stage, client: Client, account: Account) => Promise<void>;

const errands: readonly Errand[] = [changeBio, setPrivacy, readOtherProfile, blockBriefly];

async function changeBio({ random }: Stage, client: Client): Promise<void> {
  await client.send({
    ...{ operation: 'change_profile', method: 'PATCH', path: me, body: { bio: random.pick(bios) } },
    answer: anyone,
  });
}

async function setPrivacy({ random }: Stage, client: Client): Promise<void> {
  const path = `${me}/privacy`;
  await client.send({ operation: 'read_privacy', path });
  const lastSeenVisible = random.isChance(0.5);
  await client.send({
    ...{ operation: 'change_privacy', method: 'PUT', path },
    body: { phoneVisible: false, profileVisible: true, lastSeenVisible },
  });
}

async function readOtherProfile(stage: Stage, client: Client): Promise<void> {
  const userId = stage.pick('courier').session?.userId;
  if (userId === undefined) return;
  await client.send({ operation: 'read_user', path: `/api/v1/users/${userId}`, answer: anyone });
}

async function blockBriefly(stage: Stage, client: Client, account: Account): Promise<void> {
  const userId = stage.pick('customer').session?.userId;
  if (userId === undefined || userId === account.session?.userId) return;
  await setBlocked(client, userId, true);
  await client.send({ operation: 'list_blocked', path: `${me}/blocked`, answer: anyList });
  await setBlocked(client, userId, false);
}
