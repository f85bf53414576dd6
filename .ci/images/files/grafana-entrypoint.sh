#!/bin/sh
# The part of the image's own entrypoint that the compose file relies on: GF_<NAME>__FILE.
set -eu
for variable in $(env | sed -n 's/^\(GF_[A-Z0-9_]*\)__FILE=.*/\1/p'); do
  file=$(printenv "${variable}__FILE")
  export "$variable=$(cat "$file")"
  unset "${variable}__FILE"
done
exec /usr/share/grafana/bin/grafana server --homepath=/usr/share/grafana \
  cfg:default.paths.data=/var/lib/grafana cfg:default.paths.provisioning=/etc/grafana/provisioning
