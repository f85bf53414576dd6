import type { Account } from '../people/account.ts';
import type { Client } from '../target/client.ts';
import type { Stage } from './stage.ts';

const bios = ['Hungry.', 'Likes it hot.', 'No onions, please.', 'Back for the soup.'] as const;

/** A customer reads their profile, orders and sessions, and changes a setting. */
export async function visitAccount(stage: Stage): Promise<void> {
  const { random } = stage;
  const account = stage.pick('customer');
  const client = stage.as(account);
  await client.send('read_profile');
  await client.send('list_orders', { query: { limit: 10 } });
  await random.pick(errands)(stage, client, account);
  await client.send('list_sessions');
}

type Errand = (stage: Stage, client: Client, account: Account) => Promise<void>;

const errands: readonly Errand[] = [changeBio, setPrivacy, readOtherProfile, blockBriefly];

async function changeBio({ random }: Stage, client: Client): Promise<void> {
  await client.send('change_profile', { body: { bio: random.pick(bios) } });
}

async function setPrivacy({ random }: Stage, client: Client): Promise<void> {
  await client.send('read_privacy');
  const lastSeenVisible = random.isChance(0.5);
  const body = { phoneVisible: false, profileVisible: true, lastSeenVisible };
  await client.send('change_privacy', { body });
}

async function readOtherProfile(stage: Stage, client: Client): Promise<void> {
  const id = stage.pick('courier').session?.userId;
  if (id !== undefined) await client.send('read_user', { id });
}

async function blockBriefly(stage: Stage, client: Client, account: Account): Promise<void> {
  const id = stage.pick('customer').session?.userId;
  if (id === undefined || id === account.session?.userId) return;
  await client.send('block', { id });
  await client.send('list_blocked');
  await client.send('unblock', { id });
}
