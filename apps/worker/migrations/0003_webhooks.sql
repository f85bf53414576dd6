-- Up Migration
CREATE SCHEMA webhooks;

CREATE TABLE webhooks.subscriptions (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  description text NOT NULL DEFAULT '',
  url text NOT NULL,
  event_types text[] NOT NULL,
  -- In the clear, because signing needs it; it is shown once, to the subscriber.
  secret text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE webhooks.deliveries (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  subscription_id uuid NOT NULL REFERENCES webhooks.subscriptions (id) ON DELETE CASCADE,
  event_id uuid NOT NULL,
  event_type text NOT NULL,
  -- As it is sent, to the byte: every try carries the same.
  body text NOT NULL,
  trace_context jsonb NOT NULL DEFAULT '{}',
  status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'done', 'dead')),
  attempts integer NOT NULL DEFAULT 0,
  next_attempt_at timestamptz NOT NULL DEFAULT now(),
  last_status_code integer,
  last_error text,
  created_at timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz,
  UNIQUE (subscription_id, event_id)
);

CREATE INDEX idx_webhook_deliveries_status_retry
  ON webhooks.deliveries (status, next_attempt_at);
CREATE INDEX idx_webhook_deliveries_subscription ON webhooks.deliveries (subscription_id, status);
CREATE INDEX idx_webhook_deliveries_finished_at ON webhooks.deliveries (finished_at)
  WHERE finished_at IS NOT NULL;

-- Down Migration
DROP SCHEMA webhooks CASCADE;
