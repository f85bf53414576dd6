-- Up Migration
CREATE SCHEMA orders;

CREATE TABLE orders.orders (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  customer_id uuid NOT NULL,
  restaurant_id uuid NOT NULL,
  status text NOT NULL DEFAULT 'placed' CHECK (
    status IN ('placed', 'confirmed', 'preparing', 'delivering', 'delivered', 'cancelled')
  ),
  -- Rises with each change; a writer names the version it has seen.
  version integer NOT NULL DEFAULT 1,
  total_cents integer NOT NULL CHECK (total_cents > 0),
  idempotency_key text NOT NULL,
  -- Of the request's body, so that a key can't be used again for another order.
  request_digest text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (customer_id, idempotency_key)
);

CREATE INDEX idx_orders_status ON orders.orders (status);
CREATE INDEX idx_orders_created_at ON orders.orders (created_at);

CREATE TABLE orders.order_items (
  order_id uuid NOT NULL REFERENCES orders.orders (id),
  dish_id uuid NOT NULL,
  quantity integer NOT NULL CHECK (quantity > 0),
  price_cents integer NOT NULL CHECK (price_cents > 0),
  PRIMARY KEY (order_id, dish_id)
);

-- Down Migration
DROP SCHEMA orders CASCADE;
