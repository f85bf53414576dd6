#!/bin/sh
# The part of the image's own entrypoint that the compose file relies on: the first start
# makes the database and runs /docker-entrypoint-initdb.d, with the server on its socket alone.
set -eu

password=${POSTGRES_PASSWORD-$(cat "${POSTGRES_PASSWORD_FILE:-/dev/null}")}
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  mkdir -p "$PGDATA"
  chmod 0700 "$PGDATA"
  printf '%s' "$password" > /tmp/password
  # The arguments are words on purpose.
  # shellcheck disable=SC2086
  initdb --username="$POSTGRES_USER" --pwfile=/tmp/password ${POSTGRES_INITDB_ARGS-} > /dev/null
  rm /tmp/password
  echo 'host all all all scram-sha-256' >> "$PGDATA/pg_hba.conf"
  sockets=/var/run/postgresql
  export PGHOST=$sockets PGPASSWORD="$password"
  pg_ctl --pgdata="$PGDATA" --wait --silent --log=/dev/stderr \
    --options="-c listen_addresses='' -c unix_socket_directories=$sockets" start
  psql --quiet --username="$POSTGRES_USER" --dbname=postgres \
    --command="CREATE DATABASE \"$POSTGRES_DB\""
  for script in /docker-entrypoint-initdb.d/*.sh; do
    [ -e "$script" ] && sh "$script"
  done
  pg_ctl --pgdata="$PGDATA" --mode=fast --wait --silent stop
  unset PGHOST PGPASSWORD
fi
exec "$@" -c listen_addresses='*' -c unix_socket_directories=/var/run/postgresql
