-- Up Migration
CREATE SCHEMA realtime;

-- Ids rise with time, so that messages in the order of their ids are in the order they were sent.
CREATE TABLE realtime.messages (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  order_id uuid NOT NULL,
  sender_id uuid NOT NULL,
  recipient_id uuid NOT NULL,
  -- The sender's id for the message: a repeated request returns the same message.
  client_message_id text NOT NULL,
  text text NOT NULL CHECK (length(text) BETWEEN 1 AND 2000),
  sent_at timestamptz NOT NULL DEFAULT now(),
  delivered_at timestamptz,
  read_at timestamptz,
  -- When a notification of the offline recipient was requested.
  notified_at timestamptz,
  UNIQUE (sender_id, client_message_id)
);

CREATE INDEX idx_messages_order ON realtime.messages (order_id, id);
-- Partial: undelivered messages only, so that they stay small however long the chats are.
CREATE INDEX idx_messages_undelivered ON realtime.messages (recipient_id, id)
  WHERE delivered_at IS NULL;
CREATE INDEX idx_messages_unnotified ON realtime.messages (sent_at)
  WHERE delivered_at IS NULL AND notified_at IS NULL;

-- Down Migration
DROP SCHEMA realtime CASCADE;
