import { type OutboxEvent, queryRow, queryRows, sql, withTransaction } from '@watchkeeper/galley';
import { HttpError } from '@watchkeeper/telemetry';
import type { Pool, PoolClient } from 'pg';
import type { Receipt } from '../notifications/fanout.ts';
import type { ChatMessage, ReceiptStatus } from '../protocol/messages.ts';

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

/** How many messages a page of `undeliveredTo` has at most. */
export const pageSize = 100;

const noMessage = '00000000-0000-0000-0000-000000000000';
const columns = sql`id AS "messageId", order_id AS "orderId", sender_id AS "senderId",
  recipient_id AS "recipientId", client_message_id AS "clientMessageId", text,
  to_char(sent_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "sentAt",
  CASE WHEN read_at IS NOT NULL THEN 'read' WHEN delivered_at IS NOT NULL THEN 'delivered'
       ELSE 'sent' END AS status`;
const select = sql`SELECT ${columns} FROM realtime.messages`;

type NewMessage = Omit<StoredMessage, 'messageId' | 'sentAt' | 'status'>;

export type ChatStore = ReturnType<typeof createChatStore>;

/** Creates the store over the schema `realtime`. */
export function createChatStore(pool: Pool) {
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
      queryRows<StoredMessage>(pool)`${select} WHERE id = ANY(${messageIds}::uuid[]) ORDER BY id`,
    /** A user's undelivered messages after the message `after`, in that order. */
    undeliveredTo: (userId: string, after: string = noMessage) =>
      queryRows<StoredMessage>(pool)`
        ${select} WHERE recipient_id = ${userId} AND delivered_at IS NULL AND id > ${after}
        ORDER BY id LIMIT ${pageSize}`,
    /** Undelivered messages of the last ten minutes to any of these users. */
    recentlyUndelivered: (userIds: readonly string[]) =>
      queryRows<StoredMessage>(pool)`
        ${select} WHERE recipient_id = ANY(${userIds}::uuid[]) AND delivered_at IS NULL
          AND sent_at > now() - interval '10 minutes' ORDER BY id LIMIT 1000`,
    /** Stores acknowledgements; resolves to the new ones, which `inTransaction` gets as well. */
    acknowledge: (
      acks: readonly Ack[],
      inTransaction: (receipts: readonly Receipt[], client: PoolClient) => Promise<void>,
    ): Promise<readonly Receipt[]> =>
      withTransaction(pool, async (client) => {
        const receipts = await writeAcks(client, acks);
        await inTransaction(receipts, client);
        return receipts;
      }),
  };
}

/** Inserts it, and in the same statement finds out whether the recipient is online. */
async function insert(client: PoolClient, message: NewMessage): Promise<SavedMessage | undefined> {
  const { orderId, senderId, recipientId, clientMessageId, text } = message;
  const inserted = await queryRow<StoredMessage & { isRecipientOnline: boolean }>(client)`
    INSERT INTO realtime.messages
      (order_id, sender_id, recipient_id, client_message_id, text, notified_at)
    SELECT ${orderId}, ${senderId}, ${recipientId}, ${clientMessageId}, ${text},
      CASE WHEN EXISTS (
        SELECT FROM realtime.presence JOIN realtime.instances i ON i.id = instance_id
        WHERE user_id = ${recipientId} AND i.expires_at > now()
      ) THEN NULL ELSE now() END
    ON CONFLICT (sender_id, client_message_id) DO NOTHING
    RETURNING ${columns}, notified_at IS NULL AS "isRecipientOnline"`;
  if (inserted === undefined) return undefined;
  const { isRecipientOnline, ...stored } = inserted;
  return { message: stored, isNew: true, isRecipientOnline };
}

async function findExisting(client: PoolClient, message: NewMessage): Promise<SavedMessage> {
  const stored = await queryRow<StoredMessage>(client)`
    ${select} WHERE sender_id = ${message.senderId}
      AND client_message_id = ${message.clientMessageId}`;
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

/** Rows are locked in the order of their ids, so that two instances never wait for each other. */
function writeAcks(client: PoolClient, acks: readonly Ack[]): Promise<Receipt[]> {
  const messageIds = acks.map(({ messageId }) => messageId);
  const userIds = acks.map(({ userId }) => userId);
  const statuses = acks.map(({ status }) => status);
  return queryRows<Receipt>(client)`
    WITH ack AS (
      SELECT * FROM unnest(${messageIds}::uuid[], ${userIds}::uuid[], ${statuses}::text[])
        AS a (message_id, user_id, status)
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
}
