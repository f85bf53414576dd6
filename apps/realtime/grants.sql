-- What each role may do with realtime's schema; as apps/api/grants.sql.
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'realtime') THEN
    GRANT USAGE ON SCHEMA realtime TO realtime;
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA realtime TO realtime;
  END IF;
END
$$;
