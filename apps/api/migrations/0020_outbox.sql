-- Up Migration
CREATE SCHEMA events;

-- Events are written in the transaction of the change that they describe; the worker drains them.
CREATE TABLE events.outbox (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- Handlers recognize redelivered events by this id.
  event_id uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
  event_type text NOT NULL,
  aggregate_id uuid NOT NULL,
  payload jsonb NOT NULL,
  -- Links the handling to the request that caused the event.
  trace_context jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  available_at timestamptz NOT NULL DEFAULT now(),
  attempts integer NOT NULL DEFAULT 0,
  processed_at timestamptz,
  dead_at timestamptz,
  last_error text
);

-- Only the backlog, so that it stays small however large the table gets.
CREATE INDEX idx_outbox_pending ON events.outbox (available_at, id)
  WHERE processed_at IS NULL AND dead_at IS NULL;
CREATE INDEX idx_outbox_aggregate ON events.outbox (aggregate_id, id);

-- Wakes the worker, and notifies the realtime hub of an order's new state. PostgreSQL sends both
-- when the transaction commits, and identical texts only once per transaction.
CREATE FUNCTION events.announce() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('outbox', '');
  IF NEW.event_type IN ('order.placed', 'order.status_changed', 'delivery.assigned') THEN
    PERFORM pg_notify('order_events', jsonb_strip_nulls(jsonb_build_object(
      'orderId', NEW.payload -> 'orderId',
      'customerId', NEW.payload -> 'customerId',
      'courierId', NEW.payload -> 'courierId',
      'status', NEW.payload -> 'status',
      'version', NEW.payload -> 'version'
    ))::text);
  END IF;
  RETURN NULL;
END
$$;

CREATE TRIGGER announce AFTER INSERT ON events.outbox
  FOR EACH ROW EXECUTE FUNCTION events.announce();

-- Down Migration
DROP SCHEMA events CASCADE;
