-- Up Migration
-- `simple` stems nothing: dishes have names of many languages.
ALTER TABLE catalogue.restaurants ADD COLUMN search tsvector
  GENERATED ALWAYS AS (to_tsvector('simple', name || ' ' || cuisine)) STORED;
ALTER TABLE catalogue.dishes ADD COLUMN search tsvector
  GENERATED ALWAYS AS (to_tsvector('simple', name)) STORED;

CREATE INDEX idx_restaurants_search ON catalogue.restaurants USING gin (search);
CREATE INDEX idx_dishes_search ON catalogue.dishes USING gin (search);
CREATE INDEX idx_restaurants_cuisine ON catalogue.restaurants (cuisine, name);

-- Down Migration
DROP INDEX catalogue.idx_restaurants_cuisine;
ALTER TABLE catalogue.dishes DROP COLUMN search;
ALTER TABLE catalogue.restaurants DROP COLUMN search;
