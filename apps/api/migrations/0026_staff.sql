-- Up Migration

-- Which restaurants a user with the role `restaurant` works at. Nobody is in it by registering: an
-- administrator grants it, or the configuration does (`granted_by` is null).
CREATE TABLE accounts.restaurant_staff (
  user_id uuid NOT NULL REFERENCES accounts.users (id) ON DELETE CASCADE,
  restaurant_id uuid NOT NULL REFERENCES catalogue.restaurants (id) ON DELETE CASCADE,
  granted_by uuid,
  granted_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (user_id, restaurant_id)
);

CREATE INDEX idx_restaurant_staff_restaurant ON accounts.restaurant_staff (restaurant_id);

-- The list of staff, however many customers there are.
CREATE INDEX idx_users_staff ON accounts.users (id) WHERE role IN ('courier', 'restaurant');

-- Down Migration
DROP INDEX accounts.idx_users_staff;
DROP TABLE accounts.restaurant_staff;
