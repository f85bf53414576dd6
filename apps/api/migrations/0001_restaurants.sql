-- Up Migration
CREATE SCHEMA catalogue;

CREATE TABLE catalogue.restaurants (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name text NOT NULL UNIQUE,
  cuisine text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE catalogue.dishes (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  restaurant_id uuid NOT NULL REFERENCES catalogue.restaurants (id),
  name text NOT NULL,
  price_cents integer NOT NULL CHECK (price_cents > 0),
  UNIQUE (restaurant_id, name)
);

-- Down Migration
DROP SCHEMA catalogue CASCADE;
