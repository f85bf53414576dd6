-- Up Migration
-- What the dashboards' role may read is in apps/worker/grants.sql and apps/api/grants.sql.
SELECT 1;

-- Down Migration
SELECT 1;
