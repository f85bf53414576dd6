-- The roles of Galley's services and of its backup, without passwords: each service owns its schemas
-- as SERVICE_owner, for its migrations alone, and works as SERVICE, whose rights
-- apps/SERVICE/grants.sql lists. Run as the superuser before the services start, natively and by
-- compose; changes nothing the second time.
DO $$
DECLARE
  service text;
  item record;
BEGIN
  FOREACH service IN ARRAY ARRAY['api', 'realtime', 'worker'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = service) THEN
      EXECUTE format('CREATE ROLE %I LOGIN', service);
      EXECUTE format('CREATE ROLE %I LOGIN', service || '_owner');
    END IF;
    EXECUTE format('GRANT CREATE ON DATABASE galley TO %I', service || '_owner');
    EXECUTE format('GRANT USAGE, CREATE ON SCHEMA public TO %I', service || '_owner');
  END LOOP;
  -- What a database that is older than the roles has belongs to the superuser.
  FOR item IN
    SELECT n.oid, n.nspname AS name, CASE n.nspname
      WHEN 'realtime' THEN 'realtime_owner'
      WHEN 'analytics' THEN 'worker_owner' WHEN 'handlings' THEN 'worker_owner'
      WHEN 'notifications' THEN 'worker_owner' WHEN 'webhooks' THEN 'worker_owner'
      ELSE 'api_owner' END AS owner
    FROM pg_namespace n
    WHERE n.nspname IN ('accounts', 'attachments', 'catalogue', 'couriers', 'events', 'ledger',
      'orders', 'payments', 'users', 'realtime', 'analytics', 'handlings', 'notifications', 'webhooks')
  LOOP
    EXECUTE format('ALTER SCHEMA %I OWNER TO %I', item.name, item.owner);
    FOR service IN
      SELECT format('ALTER TABLE %I.%I OWNER TO %I', item.name, relname, item.owner)
      FROM pg_class WHERE relnamespace = item.oid AND relkind IN ('r', 'p')
      UNION ALL
      SELECT format('ALTER FUNCTION %s OWNER TO %I', p.oid::regprocedure, item.owner)
      FROM pg_proc p WHERE p.pronamespace = item.oid
    LOOP
      EXECUTE service;
    END LOOP;
  END LOOP;
  FOR item IN
    SELECT * FROM (VALUES ('migrations', 'api_owner'), ('migrations_realtime', 'realtime_owner'),
      ('migrations_worker', 'worker_owner')) AS own (name, owner)
    WHERE to_regclass('public.' || name) IS NOT NULL
  LOOP
    EXECUTE format('ALTER TABLE public.%I OWNER TO %I', item.name, item.owner);
  END LOOP;
  -- Reads everything and writes nothing: for dumps of the database.
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'backup') THEN
    CREATE ROLE backup LOGIN CONNECTION LIMIT 3;
  END IF;
END
$$;

ALTER ROLE backup SET default_transaction_read_only = on;

GRANT pg_read_all_data TO backup;

REVOKE TEMPORARY ON DATABASE galley FROM PUBLIC;

-- An owner may create schemas and, in `public`, functions. Found by their bare name, they would run with
-- the rights of whoever calls a built-in one: all statements name the schema, and nothing else is found.
-- Source: https://www.postgresql.org/docs/18/ddl-schemas.html#DDL-SCHEMAS-PATTERNS
ALTER DATABASE galley SET search_path = '';
