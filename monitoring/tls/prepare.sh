#!/bin/sh
# Makes the certificates and passwords of docker-compose.tls.yml, once; what is there already is kept.
#
#   monitoring/tls/prepare.sh [NAME...]   names or addresses by which browsers reach this machine
#
# In $TLS_FOLDER (monitoring/tls/secrets): ca.crt and ca.key, an authority of your own; tls.crt and
# tls.key; people.crt and people.key, the same for what people open, to be replaced by those of a public
# authority if you have them; people-password, for the user `operator` of every published page;
# exporter-password and web.yml, with which Prometheus scrapes exporters. To rotate one, delete it (a
# certificate with its key, tls.* and people.*), run this again and restart.
set -eu
umask 077
folder=${TLS_FOLDER:-$(dirname "$0")/secrets}
days=${TLS_DAYS:-397}
mkdir -p "$folder"
cd "$folder"

if [ ! -s ca.key ] && [ ! -s tls.key ]; then
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days "$days" \
    -subj '/CN=Watchkeeper' -keyout ca.key -out ca.crt 2> /dev/null
fi

if [ ! -s tls.key ]; then
  names='DNS:localhost,IP:127.0.0.1,DNS:gate,DNS:grafana,DNS:node-exporter,DNS:postgres-exporter'
  for name in prometheus alertmanager "$@"; do
    case $name in
      *:*) kind=IP ;;
      *[!0-9.]*) kind=DNS ;;
      *) kind=IP ;;
    esac
    names="$names,$kind:$name"
  done
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj '/CN=watchkeeper' \
    -keyout tls.key -out tls.csr 2> /dev/null
  printf 'subjectAltName=%s\nextendedKeyUsage=serverAuth\n' "$names" > tls.ext
  openssl x509 -req -in tls.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days "$days" \
    -extfile tls.ext -out tls.crt 2> /dev/null
  rm -f tls.csr tls.ext ca.srl
elif [ $# -gt 0 ]; then
  echo "Kept tls.crt: for other names delete tls.* and people.* before."
fi

# Exporters and Prometheus trust the own authority alone, and have no public names.
[ -s people.key ] || { cp tls.crt people.crt && cp tls.key people.key; }

for name in people-password exporter-password; do
  [ -s "$name" ] || openssl rand -base64 24 | tr '+/' '-_' | tr -d '\n' > "$name"
done

# bcrypt, which is what Prometheus and its exporters take.
if command -v htpasswd > /dev/null; then
  hash=$(htpasswd -niB -C 10 prometheus < exporter-password | cut -d: -f2)
else
  salt=$(openssl rand -hex 11)
  # Perl must see the dollars.
  # shellcheck disable=SC2016
  hash=$(perl -e 'print crypt(<STDIN>, "\$2b\$10\$" . $ARGV[0])' "$salt" < exporter-password)
fi
case $hash in
  '$2'*) ;;
  *)
    echo "Expected bcrypt from \`htpasswd\` or \`perl\`, got \`$hash\`. Install apache2-utils." >&2
    exit 1
    ;;
esac
cat > web.yml << YAML
# Read by Prometheus, Alertmanager and exporters: --web.config.file. Paths are relative to this file.
tls_server_config:
  cert_file: tls.crt
  key_file: tls.key
  min_version: TLS12
basic_auth_users:
  prometheus: $hash
YAML
echo "Made in $folder; people log in as \`operator\` with the password in people-password."
