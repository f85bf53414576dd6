-- Up Migration
CREATE SCHEMA analytics;

-- One row for each hour of UTC in which something happened.
CREATE TABLE analytics.hours (
  hour timestamptz PRIMARY KEY,
  orders integer NOT NULL DEFAULT 0,
  delivered integer NOT NULL DEFAULT 0,
  cancelled integer NOT NULL DEFAULT 0,
  captured_cents bigint NOT NULL DEFAULT 0,
  refunded_cents bigint NOT NULL DEFAULT 0
);

CREATE TABLE analytics.restaurant_hours (
  hour timestamptz NOT NULL,
  restaurant_id uuid NOT NULL,
  orders integer NOT NULL DEFAULT 0,
  captured_cents bigint NOT NULL DEFAULT 0,
  refunded_cents bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (hour, restaurant_id)
);

CREATE TABLE analytics.dish_hours (
  hour timestamptz NOT NULL,
  dish_id uuid NOT NULL,
  quantity integer NOT NULL DEFAULT 0,
  sold_cents bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (hour, dish_id)
);

CREATE TABLE analytics.customers (
  customer_id uuid PRIMARY KEY,
  orders integer NOT NULL DEFAULT 0,
  captured_cents bigint NOT NULL DEFAULT 0,
  refunded_cents bigint NOT NULL DEFAULT 0,
  last_order_at timestamptz
);

CREATE INDEX idx_customers_orders ON analytics.customers (orders DESC, customer_id);
CREATE INDEX idx_customers_last_order_at ON analytics.customers (last_order_at);

-- Down Migration
DROP SCHEMA analytics CASCADE;
