-- Up Migration
-- The dashboards' role may read sums and names of restaurants and dishes; of people, only ids.
-- monitoring/postgres/dashboards-role.sh creates it with the database; without it, no grants.
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'dashboards') THEN
    GRANT USAGE ON SCHEMA analytics, catalogue TO dashboards;
    GRANT SELECT ON analytics.hours, analytics.restaurant_hours, analytics.dish_hours,
      analytics.customers TO dashboards;
    GRANT SELECT (id, name) ON catalogue.restaurants, catalogue.dishes TO dashboards;
  END IF;
END
$$;

-- Down Migration
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'dashboards') THEN
    REVOKE ALL ON catalogue.restaurants, catalogue.dishes FROM dashboards;
    REVOKE ALL ON ALL TABLES IN SCHEMA analytics FROM dashboards;
    REVOKE ALL ON SCHEMA analytics, catalogue FROM dashboards;
  END IF;
END
$$;
