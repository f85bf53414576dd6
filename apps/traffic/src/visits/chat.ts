import type { Connection } from '../live/connection.ts';
import type { ServerMessage } from '../live/protocol.ts';
import type { Account } from '../people/account.ts';
import { upload } from './attachments.ts';
import type { Stage } from './stage.ts';

export interface Parties {
  readonly orderId: string;
  readonly customer: Account;
  readonly courier: Account;
}

const chatShare = 0.45;
const photoShare = 0.25;

const questions = [
  'Could you ring the second bell, please?',
  'Is it far?',
  'I am downstairs.',
  'Please leave it at the door.',
] as const;
const replies = [
  'Will do!',
  'Five minutes.',
  'On my way.',
  'Thank you!',
  'I can see you.',
] as const;

/** Some customers chat with the courier, if both are online. */
export async function chat(stage: Stage, parties: Parties): Promise<void> {
  const { random } = stage;
  const customer = stage.connectionOf(parties.customer);
  const courier = stage.connectionOf(parties.courier);
  if (!random.isChance(chatShare) || customer === undefined || courier === undefined) return;
  const send = (pair: { from: Connection; to: Connection }, text: string) =>
    sendMessage(stage, parties.orderId, pair, text);
  await stage.scene('chat', async () => {
    await queryPresence(stage, customer, parties.courier);
    for (let turns = random.integer(1, 3); turns > 0; turns -= 1) {
      await send({ from: customer, to: courier }, random.pick(questions));
      await send({ from: courier, to: customer }, random.pick(replies));
    }
    if (random.isChance(photoShare)) await showPhoto(stage, parties);
  });
}

async function queryPresence(stage: Stage, connection: Connection, other: Account): Promise<void> {
  const userId = other.session?.userId ?? '';
  connection.send('presence.query', { userIds: [userId] });
  const isOther = (state: ServerMessage<'presence'>) => state.userId === userId;
  await stage.expect(connection, 'presence', isOther);
}

/** Types, sends, and waits for the read receipt. */
async function sendMessage(
  stage: Stage,
  orderId: string,
  { from, to }: { from: Connection; to: Connection },
  text: string,
): Promise<void> {
  from.send('typing', { orderId, isTyping: true });
  const clientMessageId = stage.newId();
  const sentText = `${text} (${clientMessageId.slice(0, 8)})`;
  const arrived = stage.expect(to, 'chat.message', isText(sentText));
  const read = stage.expect(from, 'chat.receipt', isReadOf(clientMessageId));
  arrived.catch(() => {});
  read.catch(() => {});
  from.send('chat.send', { orderId, clientMessageId, text: sentText });
  from.send('typing', { orderId, isTyping: false });
  await arrived;
  await read;
}

const isText = (text: string) => (message: ServerMessage<'chat.message'>) => message.text === text;

const isReadOf = (id: string) => (receipt: ServerMessage<'chat.receipt'>) =>
  receipt.clientMessageId === id && receipt.status === 'read';

/** The customer uploads a photo for the order; the courier downloads it. */
async function showPhoto(stage: Stage, { orderId, customer, courier }: Parties): Promise<void> {
  const { id } = await upload(stage, stage.as(customer), orderId);
  await stage.as(courier).send('download', { id });
}
