-- Up Migration
CREATE SCHEMA notifications;

-- Text messages to send. The number is looked up when one is sent, so that it is kept in one place.
CREATE TABLE notifications.messages (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  event_id uuid NOT NULL,
  user_id uuid NOT NULL,
  template text NOT NULL,
  text text NOT NULL,
  -- Ties the sending to the handling of the event.
  trace_context jsonb NOT NULL DEFAULT '{}',
  status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'done', 'dead')),
  attempts integer NOT NULL DEFAULT 0,
  next_attempt_at timestamptz NOT NULL DEFAULT now(),
  last_status_code integer,
  last_error text,
  created_at timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz,
  UNIQUE (event_id, user_id)
);

CREATE INDEX idx_messages_due ON notifications.messages (next_attempt_at)
  WHERE status = 'pending';
CREATE INDEX idx_messages_finished_at ON notifications.messages (finished_at)
  WHERE finished_at IS NOT NULL;

-- Down Migration
DROP SCHEMA notifications CASCADE;
