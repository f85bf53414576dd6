-- What each role may do with the api's schemas. Run by the api as their owner after its migrations, at
-- each start; roles that do not exist are left out.
DO $$
DECLARE
  own constant text := 'accounts, attachments, catalogue, couriers, events, ledger, orders, payments, users';
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'api') THEN
    EXECUTE 'GRANT USAGE ON SCHEMA ' || own || ' TO api';
    EXECUTE 'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ' || own || ' TO api';
    -- Entries are never changed; the menu is the migrations'.
    REVOKE UPDATE, DELETE ON ledger.entries FROM api;
    REVOKE INSERT, UPDATE, DELETE ON catalogue.restaurants, catalogue.dishes FROM api;
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'realtime') THEN
    GRANT USAGE ON SCHEMA accounts, couriers, events, orders, users TO realtime;
    GRANT SELECT (id, user_id, last_used_at, expires_at, revoked_at) ON accounts.sessions TO realtime;
    GRANT SELECT (id, customer_id, status, version) ON orders.orders TO realtime;
    GRANT SELECT (order_id, courier_id) ON couriers.assignments TO realtime;
    GRANT SELECT ON users.blocked_users, users.privacy_settings TO realtime;
    GRANT INSERT (event_type, aggregate_id, payload, trace_context) ON events.outbox TO realtime;
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'worker') THEN
    GRANT USAGE ON SCHEMA accounts, catalogue, events, orders TO worker;
    GRANT SELECT (id, user_id, last_used_at, expires_at, revoked_at) ON accounts.sessions TO worker;
    GRANT SELECT (id, phone) ON accounts.users TO worker;
    GRANT SELECT ON catalogue.restaurants, catalogue.dishes, orders.order_items TO worker;
    GRANT SELECT, UPDATE, DELETE ON events.outbox TO worker;
  END IF;
  -- Of the dashboards: names of restaurants and dishes, beside what apps/worker/grants.sql has.
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'dashboards') THEN
    GRANT USAGE ON SCHEMA catalogue TO dashboards;
    GRANT SELECT (id, name) ON catalogue.restaurants, catalogue.dishes TO dashboards;
  END IF;
END
$$;
