-- Up Migration
CREATE SCHEMA attachments;

CREATE TABLE attachments.attachments (
  -- The object's key in the store, too.
  id uuid PRIMARY KEY,
  owner_id uuid NOT NULL,
  -- Whoever takes part in this order may read it.
  order_id uuid,
  file_name text NOT NULL,
  content_type text NOT NULL,
  size_bytes integer NOT NULL CHECK (size_bytes > 0),
  sha256 bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

-- Holds the size, so that what a user has stored is summed from the index alone.
CREATE INDEX idx_attachments_owner ON attachments.attachments (owner_id) INCLUDE (size_bytes);
CREATE INDEX idx_attachments_order ON attachments.attachments (order_id)
  WHERE order_id IS NOT NULL;

-- Down Migration
DROP SCHEMA attachments CASCADE;
