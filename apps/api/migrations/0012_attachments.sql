-- Up Migration
CREATE SCHEMA attachments;

CREATE TABLE attachments.attachments (
  -- Also the object's key in the store.
  id uuid PRIMARY KEY,
  owner_id uuid NOT NULL,
  -- Readable by every participant of this order.
  order_id uuid,
  file_name text NOT NULL,
  content_type text NOT NULL,
  size_bytes integer NOT NULL CHECK (size_bytes > 0),
  sha256 bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

-- Includes the size, so that a user's storage is summed by an index-only scan.
CREATE INDEX idx_attachments_owner ON attachments.attachments (owner_id) INCLUDE (size_bytes);
CREATE INDEX idx_attachments_order ON attachments.attachments (order_id)
  WHERE order_id IS NOT NULL;

-- Down Migration
DROP SCHEMA attachments CASCADE;
