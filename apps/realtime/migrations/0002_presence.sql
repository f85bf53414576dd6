-- Up Migration
-- An instance renews its lease; where it dies, its users are offline once the lease is over.
-- Unlogged: after a crash of the database every instance writes its own again.
CREATE UNLOGGED TABLE realtime.instances (
  id uuid PRIMARY KEY,
  expires_at timestamptz NOT NULL
);

CREATE UNLOGGED TABLE realtime.presence (
  user_id uuid NOT NULL,
  instance_id uuid NOT NULL REFERENCES realtime.instances (id) ON DELETE CASCADE,
  since timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (user_id, instance_id)
);

CREATE INDEX idx_presence_instance ON realtime.presence (instance_id);

CREATE TABLE realtime.last_seen (
  user_id uuid PRIMARY KEY,
  seen_at timestamptz NOT NULL
);

-- Down Migration
DROP TABLE realtime.last_seen, realtime.presence, realtime.instances;
