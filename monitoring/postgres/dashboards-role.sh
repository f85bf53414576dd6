#!/bin/sh
# The role of Grafana's business dashboard; run once, when the database is created. It may read only
# the tables and columns that apps/worker/migrations/0005_dashboards.sql grants.
set -eu
psql --quiet --no-psqlrc --set=ON_ERROR_STOP=1 \
  --username="$POSTGRES_USER" --dbname="$POSTGRES_DB" \
  --set=password="$(cat /run/secrets/dashboards-password)" <<'SQL'
CREATE ROLE dashboards LOGIN CONNECTION LIMIT 5 PASSWORD :'password';
ALTER ROLE dashboards SET default_transaction_read_only = on;
ALTER ROLE dashboards SET statement_timeout = '10s';
SQL
