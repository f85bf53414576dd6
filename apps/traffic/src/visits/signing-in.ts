import { type Account, accountOf, sessionOf } from '../people/account.ts';
import { oneTimeCustomer, strangersPhone } from '../people/person.ts';
import type { Client } from '../target/client.ts';
import { orderAs } from './order.ts';
import type { Stage } from './stage.ts';

const wrongPasswordShare = 0.3;
const wrongNumberShare = 0.1;
const endedByPhoneShare = 0.3;
const newPasswordShare = 0.15;

/** A customer logs in on a tablet, some after a wrong password, and logs out. */
export async function signInAgain(stage: Stage): Promise<void> {
  const { random } = stage;
  const owner = stage.pick('customer');
  const tablet = stage.signInFrom('Tablet');
  if (random.isChance(wrongNumberShare)) {
    const phone = strangersPhone(stage.configuration.seed, random.integer(0, 999));
    return failLogIn(stage, { phone, password: 'not-the-password' });
  }
  if (random.isChance(wrongPasswordShare)) {
    await failLogIn(stage, { phone: owner.phone, password: `${owner.password}x` });
  }
  const answer = await tablet.logIn(owner);
  if (answer === undefined) return;
  const client = stage.as({ ...owner, session: sessionOf(answer, 0) });
  await client.send('read_profile');
  await client.send('list_logins', { query: { limit: 5 } });
  if (random.isChance(endedByPhoneShare)) await endSession(stage.as(owner), tablet.deviceId);
  else await client.send('log_out');
}

async function failLogIn({ stranger }: Stage, body: { phone: string; password: string }) {
  // 423 after too many attempts.
  await stranger.provoke('log_in', 401, { body, refusals: [423] });
}

/** Ends the tablet's session from the phone. */
async function endSession(client: Client, deviceId: string): Promise<void> {
  const { items } = await client.send('list_sessions');
  const session = items.find((each) => each.deviceId === deviceId);
  if (session !== undefined) await client.send('end_session', { id: session.id });
}

/** A new customer signs up, orders once with the welcome credit, and logs out. */
export async function welcomeNewcomer(stage: Stage): Promise<void> {
  const { random, configuration } = stage;
  // The numbers are reused after a while: then it is a returning customer.
  const person = oneTimeCustomer(configuration.seed, random.integer(0, 1_999));
  const newcomer: Account = accountOf(person);
  await stage.scene('newcomer', async () => {
    const answer = await stage.signInFrom('Phone').register(person);
    newcomer.session = sessionOf(answer, 0);
    await stage.as(newcomer).send('read_profile');
  });
  const isNew = !random.isChance(newPasswordShare);
  if (isNew) await orderAs(stage, newcomer, 'wallet');
  await stage.scene('leave', async () => {
    const client = stage.as(newcomer);
    // The same one, so that a returning customer still knows it.
    const body = { currentPassword: person.password, newPassword: person.password };
    if (!isNew) await client.send('change_password', { body });
    await client.send('log_out');
  });
}
