-- Up Migration
CREATE SCHEMA handlings;

-- Each handler's result for each event. A handler writes its row in the transaction of its
-- effect: an event that comes again finds it and changes nothing.
CREATE TABLE handlings.handlings (
  event_id uuid NOT NULL,
  handler text NOT NULL,
  -- How often it failed.
  failures integer NOT NULL DEFAULT 0,
  -- When it is tried again.
  retry_at timestamptz NOT NULL DEFAULT now(),
  handled_at timestamptz,
  dead_at timestamptz,
  last_error text,
  PRIMARY KEY (event_id, handler)
);

CREATE INDEX idx_handlings_dead ON handlings.handlings (event_id) WHERE dead_at IS NOT NULL;

-- Down Migration
DROP SCHEMA handlings CASCADE;
