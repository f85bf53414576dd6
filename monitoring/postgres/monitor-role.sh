#!/bin/sh
# The read-only role of postgres-exporter; run once, when the database is created.
set -eu
psql --quiet --no-psqlrc --set=ON_ERROR_STOP=1 \
  --username="$POSTGRES_USER" --dbname="$POSTGRES_DB" \
  --set=password="$(cat /run/secrets/monitor-password)" <<'SQL'
CREATE ROLE monitor LOGIN CONNECTION LIMIT 5 PASSWORD :'password';
GRANT pg_monitor TO monitor;
SQL
