#!/bin/sh
# The role that may only look, for postgres-exporter; run once, when the database is made.
set -eu
psql --quiet --no-psqlrc --set=ON_ERROR_STOP=1 \
  --username="$POSTGRES_USER" --dbname="$POSTGRES_DB" \
  --set=password="$(cat /run/secrets/monitor-password)" <<'SQL'
CREATE ROLE monitor LOGIN CONNECTION LIMIT 5 PASSWORD :'password';
GRANT pg_monitor TO monitor;
SQL
