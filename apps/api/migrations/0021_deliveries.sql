-- Up Migration
ALTER TABLE orders.orders
  ADD COLUMN courier_id uuid,
  ADD COLUMN delivery_address text;

-- A customer's, a courier's and a restaurant's own orders, newest first, page by page.
CREATE INDEX idx_orders_customer ON orders.orders (customer_id, created_at DESC, id DESC);
CREATE INDEX idx_orders_courier ON orders.orders (courier_id, created_at DESC, id DESC)
  WHERE courier_id IS NOT NULL;
CREATE INDEX idx_orders_restaurant ON orders.orders (restaurant_id, created_at DESC, id DESC);

CREATE SCHEMA couriers;

CREATE TABLE couriers.assignments (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  -- The index of this constraint finds the assignment of an order.
  order_id uuid NOT NULL UNIQUE REFERENCES orders.orders (id),
  courier_id uuid,
  status text NOT NULL DEFAULT 'offered' CHECK (
    status IN ('offered', 'accepted', 'picked_up', 'delivered', 'cancelled')
  ),
  offered_at timestamptz NOT NULL DEFAULT now(),
  estimated_delivery_at timestamptz NOT NULL,
  accepted_at timestamptz,
  picked_up_at timestamptz,
  delivered_at timestamptz
);

CREATE INDEX idx_assignments_status ON couriers.assignments (status, offered_at);
CREATE INDEX idx_assignments_courier_status ON couriers.assignments (courier_id, status);
-- Late deliveries are queried by the time of delivery; only delivered orders can be late.
CREATE INDEX idx_assignments_delivered_sla
  ON couriers.assignments (delivered_at, estimated_delivery_at) WHERE status = 'delivered';

-- Down Migration
DROP SCHEMA couriers CASCADE;
DROP INDEX orders.idx_orders_restaurant, orders.idx_orders_courier, orders.idx_orders_customer;
ALTER TABLE orders.orders DROP COLUMN delivery_address, DROP COLUMN courier_id;
