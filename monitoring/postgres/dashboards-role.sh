#!/bin/sh
# The role that Grafana's business dashboard asks as; run once, when the database is made. It may read
# what apps/worker/migrations/0005_dashboards.sql grants it, and nothing else.
set -eu
psql --quiet --no-psqlrc --set=ON_ERROR_STOP=1 \
  --username="$POSTGRES_USER" --dbname="$POSTGRES_DB" \
  --set=password="$(cat /run/secrets/dashboards-password)" <<'SQL'
CREATE ROLE dashboards LOGIN CONNECTION LIMIT 5 PASSWORD :'password';
ALTER ROLE dashboards SET default_transaction_read_only = on;
ALTER ROLE dashboards SET statement_timeout = '10s';
SQL
