#!/bin/sh
# Creates the roles of Galley's services and sets their passwords; run as the superuser before they start.
set -eu
export PGPASSWORD
PGPASSWORD="$(cat /run/secrets/database-password)"
# A password has no character that needs quoting.
passwords=$(
  for service in api realtime worker; do
    printf "ALTER ROLE %s PASSWORD '%s';\n" \
      "$service" "$(cat "/run/secrets/$service-database-password")" \
      "${service}_owner" "$(cat "/run/secrets/$service-owner-password")"
  done
  printf "ALTER ROLE backup PASSWORD '%s';\n" "$(cat /run/secrets/backup-database-password)"
)
{ cat /roles.sql; echo "$passwords"; } |
  psql --quiet --no-psqlrc --set=ON_ERROR_STOP=1 --host=postgres --username=galley --dbname=galley
