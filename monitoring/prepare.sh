#!/bin/sh
# Creates secrets and folder owners before the first start, and keeps existing ones. Run as root by
# the one-shot services of the compose files, with no capability but CHOWN and no network.
#
#   secret=READER/NAME:UID   secret NAME, with a copy for UID in the volume of READER
#   folder=NAME:UID          volume NAME is owned by UID
#   token-keys               the key pair of Galley's access tokens, as two secrets
set -eu

# A copy is replaced, never overwritten: a reader sees the old or the new one as a whole, and root
# without its capabilities cannot write to a file that it has handed over.
hand_over() {
  reader=${1%%/*} name=${1#*/} uid=$2
  master="/secrets/$name" copy="/handed/$reader/$name"
  if [ ! -s "$master" ]; then
    # 24 bytes are 32 characters that need no quoting in a URL, an SQL literal or a header.
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
    token-keys)
      node /token-keys.mjs /secrets
      ;;
    secret=*)
      hand_over "$what" "$uid"
      chmod 0755 "/handed/${what%%/*}"
      ;;
    folder=*)
      chown "$uid:$uid" "/folders/$what"
      ;;
    *)
      echo "Expected \`secret=READER/NAME:UID\`, \`folder=NAME:UID\` or \`token-keys\`, got \`$task\`." >&2
      exit 2
      ;;
  esac
done
