#!/bin/sh
# Makes what must be there before the first start and keeps it ever after. Run as root by the
# one-shot services of the compose files, with no capability but CHOWN and no network.
#
#   secret=READER/NAME:UID   the secret NAME, a copy of it for UID in the volume of READER
#   folder=NAME:UID          the volume NAME belongs to UID
set -eu

# A copy is replaced, never written over: a reader sees the whole one or the other, and root
# without its powers may not write to what it gave away.
hand_over() {
  reader=${1%%/*} name=${1#*/} uid=$2
  master="/secrets/$name" copy="/handed/$reader/$name"
  if [ ! -s "$master" ]; then
    # 24 bytes are 32 characters that stand unquoted in a URL, an SQL literal and a header.
    head -c 24 /dev/urandom | base64 | tr '+/' '-_' | tr -d '\n' > "$master.new"
    chmod 0400 "$master.new"
    mv "$master.new" "$master"
  fi
  rm -f "$copy.new"
  cp "$master" "$copy.new"
  chmod 0400 "$copy.new"
  chown "$uid:$uid" "$copy.new"
  mv -f "$copy.new" "$copy"
}

umask 077
for task in "$@"; do
  uid=${task##*:} what=${task#*=} what=${what%:*}
  case $task in
    secret=*)
      hand_over "$what" "$uid"
      chmod 0755 "/handed/${what%%/*}"
      ;;
    folder=*)
      chown "$uid:$uid" "/folders/$what"
      ;;
    *)
      echo "Expected \`secret=READER/NAME:UID\` or \`folder=NAME:UID\`, got \`$task\`." >&2
      exit 2
      ;;
  esac
done
