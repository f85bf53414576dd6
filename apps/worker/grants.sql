-- What each role may do with the worker's schemas; as apps/api/grants.sql.
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'worker') THEN
    GRANT USAGE ON SCHEMA analytics, handlings, notifications, webhooks TO worker;
    GRANT SELECT, INSERT, UPDATE, DELETE
      ON ALL TABLES IN SCHEMA analytics, handlings, notifications, webhooks TO worker;
  END IF;
  -- Sums; of people, only ids.
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'dashboards') THEN
    GRANT USAGE ON SCHEMA analytics TO dashboards;
    GRANT SELECT ON analytics.hours, analytics.restaurant_hours, analytics.dish_hours,
      analytics.customers TO dashboards;
  END IF;
END
$$;
