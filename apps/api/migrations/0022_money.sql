-- Up Migration
CREATE SCHEMA payments;

CREATE TABLE payments.payments (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  order_id uuid NOT NULL REFERENCES orders.orders (id),
  method text NOT NULL CHECK (method IN ('card', 'wallet', 'cash')),
  status text NOT NULL DEFAULT 'pending' CHECK (
    status IN ('pending', 'captured', 'partially_refunded', 'refunded', 'declined')
  ),
  amount_cents integer NOT NULL CHECK (amount_cents > 0),
  refunded_cents integer NOT NULL DEFAULT 0
    CHECK (refunded_cents BETWEEN 0 AND amount_cents),
  -- Of the request that captured it: a repeated request gets the same response.
  capture_key text,
  -- The card processor's name for the charge.
  charge_id text,
  created_at timestamptz NOT NULL DEFAULT now(),
  captured_at timestamptz,
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX idx_payments_order_id ON payments.payments (order_id);
-- An order is paid once; another payment is possible only after the card was declined.
CREATE UNIQUE INDEX idx_payments_one_per_order ON payments.payments (order_id)
  WHERE status <> 'declined';
CREATE INDEX idx_payments_status ON payments.payments (status, created_at);
CREATE INDEX idx_payments_method ON payments.payments (method, created_at);

CREATE TABLE payments.refunds (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  payment_id uuid NOT NULL REFERENCES payments.payments (id),
  amount_cents integer NOT NULL CHECK (amount_cents > 0),
  reason text NOT NULL,
  -- Pending until the card processor has refunded the money.
  status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'completed')),
  idempotency_key text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (payment_id, idempotency_key)
);

CREATE SCHEMA ledger;

-- The holders of money. Those without an owner have the nil id.
CREATE TABLE ledger.wallets (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  kind text NOT NULL CHECK (kind IN (
    'customer', 'restaurant', 'courier', 'courier_pool', 'platform', 'card', 'cash', 'promotions',
    'test'
  )),
  owner_id uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (kind, owner_id)
);

INSERT INTO ledger.wallets (kind)
VALUES ('courier_pool'), ('platform'), ('card'), ('cash'), ('promotions'), ('test');

-- Entries are only ever added. Those of one posting sum to zero.
CREATE TABLE ledger.entries (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  posting_id uuid NOT NULL,
  wallet_id uuid NOT NULL REFERENCES ledger.wallets (id),
  payment_id uuid,
  entry_type text NOT NULL,
  -- Positive into the wallet, negative out of it.
  amount_cents bigint NOT NULL CHECK (amount_cents <> 0),
  idempotency_key text NOT NULL UNIQUE,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX idx_entries_posting ON ledger.entries (posting_id);
CREATE INDEX idx_entries_payment_id ON ledger.entries (payment_id) WHERE payment_id IS NOT NULL;
-- Covers a balance, for an index-only scan.
CREATE INDEX idx_entries_wallet_amount ON ledger.entries (wallet_id, amount_cents);
CREATE INDEX idx_entries_created_at ON ledger.entries (created_at);

-- Down Migration
DROP SCHEMA ledger CASCADE;
DROP SCHEMA payments CASCADE;
