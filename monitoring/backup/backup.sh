#!/bin/sh
# Dumps the database once a day, reads each dump back, keeps the newest, and leaves for node-exporter how it
# went. Run by compose and natively, with the role `backup`; docs/backups.md says how to restore.
#
#   kill -USR1    dumps now
#
# DATABASE_URL, DATABASE_PASSWORD_FILE, BACKUP_FOLDER, TEXTFILE_FOLDER; BACKUP_KEEP, how many dumps.
set -eu
umask 077

every=${BACKUP_INTERVAL_SECONDS:-86400}
# After a failure.
retry=300
format=custom
database=${DATABASE_URL##*/} database=${database%%\?*}
new="$BACKUP_FOLDER/.new"
metrics="$TEXTFILE_FOLDER/postgres-backup.prom"
succeeded='' duration=0

export PGPASSWORD
PGPASSWORD="$(cat "$DATABASE_PASSWORD_FILE")"

# In the background, so that a signal does not wait for it.
child=''
await() {
  "$@" &
  child=$!
  # A signal ends `wait`, not what it waits for.
  until wait "$child"; do
    kill -0 "$child" 2>/dev/null || { wait "$child"; return; }
  done
}
isWanted=''
trap 'isWanted=yes; [ -z "$pause" ] || kill "$pause" 2>/dev/null || :' USR1
trap 'kill "$child" 2>/dev/null || :; rm -f "$new"; exit 0' TERM INT

newest() {
  find "$BACKUP_FOLDER" -name "$database-*.dump" | sort | tail -n 1
}

# A gauge with its help.
metric() {
  printf '# HELP %s %s\n# TYPE %s gauge\n%s{database="%s"} %s\n' "$1" "$2" "$1" "$1" "$database" "$3"
}

# Replaced as a whole: a scrape sees the old or the new one.
report() {
  last=$(newest)
  {
    metric postgres_backup_last_attempt_succeeded 'Whether the last backup was made and read back.' "$succeeded"
    if [ -n "$last" ]; then
      metric postgres_backup_last_success_timestamp_seconds 'When the newest backup was made.' "$(date -r "$last" +%s)"
      metric postgres_backup_size_bytes 'Size of the newest backup.' "$(wc -c < "$last" | tr -d ' ')"
    fi
    metric postgres_backup_duration_seconds 'How long the last attempt took, with reading it back.' "$duration"
    metric postgres_backups 'How many backups are kept.' \
      "$(find "$BACKUP_FOLDER" -name "$database-*.dump" | wc -l | tr -d ' ')"
  } > "$metrics.new"
  chmod 0644 "$metrics.new"
  mv -f "$metrics.new" "$metrics"
}

# The listing is only the head of the file; reading all of it finds one that was cut off, or is damaged.
verify() {
  pg_restore --list "$new" | grep -q ' TABLE DATA ' || { echo 'The dump holds no table.' >&2; return 1; }
  await pg_restore --file=/dev/null "$new"
}

prune() {
  find "$BACKUP_FOLDER" -name "$database-*.dump" | sort -r | tail -n "+$((${BACKUP_KEEP:-7} + 1))" |
    while read -r old; do rm -f "$old"; done
}

attempt() {
  started=$(date +%s)
  succeeded=0
  if await pg_dump --dbname="$DATABASE_URL" --no-password --format="$format" --file="$new" && verify; then
    mv "$new" "$BACKUP_FOLDER/$database-$(date -u +%Y%m%dT%H%M%SZ).dump"
    succeeded=1
    prune
  fi
  rm -f "$new"
  duration=$(($(date +%s) - started))
  report
  echo "backup of $database: succeeded=$succeeded, $duration s"
}

# How long until the next one is due; what an earlier run has left counts.
waiting() {
  last=$(newest)
  if [ -z "$succeeded" ] && grep -q '_succeeded{.*} 0' "$metrics" 2>/dev/null; then
    echo 0
  elif [ "$succeeded" = 0 ]; then
    echo "$retry"
  elif [ -z "$last" ]; then
    echo 0
  else
    echo "$(($(date -r "$last" +%s) + every - $(date +%s)))"
  fi
}

pause=''
while :; do
  seconds=$(waiting)
  if [ "$seconds" -gt 0 ] && [ -z "$isWanted" ]; then
    # The dump of an earlier run is as good as one of this, and so is what it has reported.
    succeeded=${succeeded:-1}
    [ -s "$metrics" ] || report
    sleep "$seconds" &
    pause=$! child=$!
    wait "$pause" || :
    pause=''
    [ -n "$isWanted" ] || [ "$(waiting)" -le 0 ] || [ "$succeeded" = 0 ] || continue
  fi
  isWanted=''
  attempt
done
