import { type OutboxEvent, withTransaction } from '@watchkeeper/galley';
import { HttpError } from '@watchkeeper/telemetry';
import type { Pool, PoolClient } from 'pg';
import type { ChatMessage, ReceiptStatus } from '../protocol/messages.ts';

interface NewMessage {
  readonly orderId: string;
  readonly senderId: string;
  readonly recipientId: string;
  readonly clientMessageId: string;
  readonly text: string;
}

export interface StoredMessage extends ChatMessage {
  readonly recipientId: string;
  readonly clientMessageId: string;
  readonly status: ReceiptStatus;
}

export interface SavedMessage {
  readonly message: StoredMessage;
  /** False if the client had sent it before. */
  readonly isNew: boolean;
  readonly isRecipientOnline: boolean;
}

/** A recipient's acknowledgement of a message. */
export interface Ack {
  readonly messageId: string;
  readonly userId: string;
  readonly status: 'delivered' | 'read';
}

/** The sender's view of an acknowledgement. */
export interface Receipt {
  readonly messageId: string;
  readonly clientMessageId: string;
  readonly senderId: string;
  readonly status: 'delivered' | 'read';
}

/** How many messages a page of `undeliveredTo` has at most. */
export const pageSize = 100;

const noMessage = '00000000-0000-0000-0000-000000000000';
const columns = `id AS "messageId", order_id AS "orderId", sender_id AS "senderId",
  recipient_id AS "recipientId", client_message_id AS "clientMessageId", text,
  to_char(sent_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "sentAt",
  CASE WHEN read_at IS NOT NULL THEN 'read' WHEN delivered_at IS NOT NULL THEN 'delivered'
       ELSE 'sent' END AS status`;

export type ChatStore = ReturnType<typeof createChatStore>;

/** Creates the store over the schema `realtime`. */
export function createChatStore(pool: Pool) {
  const select = async (rest: string, values: unknown[]): Promise<readonly StoredMessage[]> =>
    (await pool.query<StoredMessage>(`SELECT ${columns} FROM realtime.messages ${rest}`, values))
      .rows;
  return {
    /**
     * Stores a message once, however often it is sent; `inTransaction` runs only the first time.
     * @throws HttpError 409 if its `clientMessageId` belongs to another message
     */
    save: (
      message: NewMessage,
      inTransaction: (saved: SavedMessage, client: PoolClient) => Promise<void>,
    ): Promise<SavedMessage> =>
      withTransaction(pool, async (client) => {
        const saved = await insert(client, message);
        if (saved === undefined) return findExisting(client, message);
        await inTransaction(saved, client);
        return saved;
      }),
    /** In the order in which they were sent. */
    findAll: (messageIds: readonly string[]) =>
      select('WHERE id = ANY($1::uuid[]) ORDER BY id', [messageIds]),
    /** A user's undelivered messages after the message `after`, in that order. */
    undeliveredTo: (userId: string, after: string = noMessage) =>
      select(
        `WHERE recipient_id = $1 AND delivered_at IS NULL AND id > $2 ORDER BY id LIMIT ${pageSize}`,
        [userId, after],
      ),
    /** Undelivered messages of the last ten minutes to any of these users. */
    recentlyUndelivered: (userIds: readonly string[]) =>
      select(
        `WHERE recipient_id = ANY($1::uuid[]) AND delivered_at IS NULL
           AND sent_at > now() - interval '10 minutes' ORDER BY id LIMIT 1000`,
        [userIds],
      ),
    /** Stores acknowledgements; resolves to the new ones, which `inTransaction` gets as well. */
    acknowledge: (
      acks: readonly Ack[],
      inTransaction: (receipts: readonly Receipt[], client: PoolClient) => Promise<void>,
    ): Promise<readonly Receipt[]> =>
      withTransaction(pool, async (client) => {
        const { rows } = await client.query<Receipt>(acknowledgeStatement, [
          acks.map(({ messageId }) => messageId),
          acks.map(({ userId }) => userId),
          acks.map(({ status }) => status),
        ]);
        await inTransaction(rows, client);
        return rows;
      }),
  };
}

/** Inserts it, and in the same statement finds out whether the recipient is online. */
async function insert(client: PoolClient, message: NewMessage): Promise<SavedMessage | undefined> {
  const { orderId, senderId, recipientId, clientMessageId, text } = message;
  const { rows } = await client.query<StoredMessage & { isRecipientOnline: boolean }>(
    `INSERT INTO realtime.messages
       (order_id, sender_id, recipient_id, client_message_id, text, notified_at)
     SELECT $1, $2, $3, $4, $5, CASE WHEN EXISTS (
       SELECT FROM realtime.presence JOIN realtime.instances i ON i.id = instance_id
       WHERE user_id = $3 AND i.expires_at > now()
     ) THEN NULL ELSE now() END
     ON CONFLICT (sender_id, client_message_id) DO NOTHING
     RETURNING ${columns}, notified_at IS NULL AS "isRecipientOnline"`,
    [orderId, senderId, recipientId, clientMessageId, text],
  );
  const [row] = rows;
  if (row === undefined) return undefined;
  const { isRecipientOnline, ...stored } = row;
  return { message: stored, isNew: true, isRecipientOnline };
}

async function findExisting(client: PoolClient, message: NewMessage): Promise<SavedMessage> {
  const { rows } = await client.query<StoredMessage>(
    `SELECT ${columns} FROM realtime.messages WHERE sender_id = $1 AND client_message_id = $2`,
    [message.senderId, message.clientMessageId],
  );
  const [stored] = rows;
  if (stored?.orderId === message.orderId && stored.text === message.text) {
    return { message: stored, isNew: false, isRecipientOnline: true };
  }
  throw new HttpError(409, 'Expected a new `clientMessageId`, got one of another message.', {
    code: 'client_message_id_reused',
  });
}

/** The event that has the worker notify an offline recipient: ids only, never the text. */
export function messageSentEvent(
  message: Pick<StoredMessage, 'messageId' | 'orderId' | 'senderId' | 'recipientId' | 'sentAt'>,
): OutboxEvent {
  const { messageId, orderId, senderId, recipientId, sentAt } = message;
  const payload = { messageId, orderId, senderId, recipientId, at: sentAt };
  return { type: 'message.sent', aggregateId: messageId, payload };
}

// Rows are locked in the order of their ids, so that two instances never wait for each other.
const acknowledgeStatement = `
  WITH ack AS (
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS a (message_id, user_id, status)
  ), locked AS (
    SELECT m.id, ack.status FROM realtime.messages m
    JOIN ack ON ack.message_id = m.id AND ack.user_id = m.recipient_id
    WHERE m.delivered_at IS NULL OR (ack.status = 'read' AND m.read_at IS NULL)
    ORDER BY m.id FOR UPDATE OF m
  )
  UPDATE realtime.messages m
  SET delivered_at = COALESCE(m.delivered_at, now()),
      read_at = CASE WHEN locked.status = 'read' THEN now() ELSE m.read_at END
  FROM locked WHERE locked.id = m.id
  RETURNING m.id AS "messageId", m.client_message_id AS "clientMessageId",
            m.sender_id AS "senderId", locked.status`;
