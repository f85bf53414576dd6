# Commands for people on call, the same for compose, the native mode and Kubernetes. Source it in bash once,
# in the root of this repository: `. runbooks/on-call.sh`. Each prints the actual command that it runs.
#
#   mode                             the detected mode; ON_CALL_MODE overrides it
#   components                       the status of all components
#   manage JOB METHOD PATH [BODY]    sends a request to a service's management server
#   logs COMPONENT [LINES]           its last lines
#   restart COMPONENT                restarts it gracefully
#   sql STATEMENT                    runs a database statement
#   query PROMQL                     queries Prometheus; PROMETHEUS_URL overrides its address

# Prints a setting: of the environment, else of .env, else the default.
_setting() {
  local line value="${!1:-}"
  if [ -z "$value" ] && [ -f .env ]; then
    # A mark of the byte order and the line ends of Windows are no part of it.
    line="$(sed $'1s/^\xef\xbb\xbf//; s/\r$//' .env | grep "^ *$1=" | tail -n 1)"
    value="$(printf '%s' "${line#*=}" | sed "s/^\([\"']\)\(.*\)\1\$/\2/")"
  fi
  printf '%s\n' "${value:-$2}"
}

_home="$(_setting WATCHKEEPER_HOME .watchkeeper)"
_home="${_home/#\~/$HOME}"
_namespace="${KUBERNETES_NAMESPACE:-galley}"

_run() {
  printf '+ %s\n' "$*" >&2
  "$@"
}

# Names come from an alert's labels, which are untrusted: neither options nor paths.
_is_component() {
  [[ "$1" =~ ^[a-z0-9][a-z0-9-]*$ ]] && return
  printf 'Expected the name of a component, got `%s`.\n' "$1" >&2
  return 1
}

# Prints a value of the native mode's state, such as `components.api.ports.management`.
_state() {
  node -e '
    const [file, path] = process.argv.slice(1);
    let state;
    try {
      state = JSON.parse(require("fs").readFileSync(file, "utf8"));
    } catch (error) {
      console.error(`Expected ${file} to hold the state of a running system: ${error.message}`);
      process.exit(1);
    }
    const value = path.split(".").reduce((part, key) => part?.[key], state);
    if (value === undefined) { console.error(`Expected ${path} in ${file}. Is it running?`); process.exit(1); }
    console.log(value);' "$_home/state.json" "$1"
}

mode() {
  if [ -n "${ON_CALL_MODE:-}" ]; then
    echo "$ON_CALL_MODE"
  elif [ -f "$_home/state.json" ] && kill -0 "$(_state supervisor.pid 2>/dev/null)" 2>/dev/null; then
    echo native
  elif [ -n "$(docker compose ps -q 2>/dev/null)" ]; then
    echo compose
  elif kubectl get namespace "$_namespace" >/dev/null 2>&1; then
    echo kubernetes
  else
    echo 'Found no running system. Set ON_CALL_MODE to compose, native or kubernetes.' >&2
    return 1
  fi
}

components() {
  case "$(mode)" in
    compose) _run docker compose ps --all --format 'table {{.Service}}\t{{.Status}}' ;;
    native) _run npm run --silent status ;;
    kubernetes) _run kubectl -n "$_namespace" get pods -o wide ;;
  esac
}

# Containers have no curl, but node. The container's environment names the token's file.
_ask='
  const [method, path, body] = process.argv.slice(1);
  const { METRICS_BIND_ADDRESS = "127.0.0.1", METRICS_PORT = "9090" } = process.env;
  const file = process.env.OPERATOR_TOKEN_FILE || process.env.METRICS_TOKEN_FILE;
  const token = file && require("fs").readFileSync(file, "utf8").trim();
  const headers = token ? { authorization: `Bearer ${token}` } : {};
  fetch(`http://${METRICS_BIND_ADDRESS}:${METRICS_PORT}${path}`, { method, headers, body })
    .then(async (answer) => { process.stdout.write(await answer.text()); process.exitCode = answer.ok ? 0 : 1; });'

manage() {
  local job="$1" method="$2" path="$3"
  shift 3
  _is_component "$job" || return
  case "$(mode)" in
    compose) _run docker compose exec -T "$job" node -e "$_ask" -- "$method" "$path" "$@" ;;
    native)
      local port
      port="$(_state "components.$job.ports.management")" || return 1
      _run env METRICS_BIND_ADDRESS=127.0.0.1 METRICS_PORT="$port" \
        OPERATOR_TOKEN_FILE="$_home/secrets/operator-token" node -e "$_ask" -- "$method" "$path" "$@"
      ;;
    kubernetes)
      _run kubectl -n "$_namespace" exec "deploy/$job" -- node -e "$_ask" -- "$method" "$path" "$@"
      ;;
  esac
}

logs() {
  local component="$1" lines="${2:-50}"
  _is_component "$component" || return
  case "$(mode)" in
    compose) _run docker compose logs --no-log-prefix --tail "$lines" "$component" ;;
    native)
      # Services write log files; other components have only their standard output.
      local newest
      newest="$(ls -t "$_home/logs/$component"/*.log 2>/dev/null | head -n 1)"
      _run tail -n "$lines" "${newest:-$_home/logs/$component.out.log}"
      ;;
    kubernetes) _run kubectl -n "$_namespace" logs --tail "$lines" "deploy/$component" ;;
  esac
}

restart() {
  _is_component "$1" || return
  case "$(mode)" in
    compose) _run docker compose restart "$1" ;;
    # The supervisor restarts every process that ends.
    native) _run kill -TERM "$(_state "components.$1.process.pid")" ;;
    kubernetes) _run kubectl -n "$_namespace" rollout restart "deploy/$1" ;;
  esac
}

sql() {
  case "$(mode)" in
    compose) _run docker compose exec -T postgres psql -U galley -d galley -c "$1" ;;
    native) _run node runbooks/native-sql.cjs "$_home" "$1" ;;
    kubernetes)
      _run kubectl -n "$_namespace" exec statefulset/postgres -- psql -U galley -d galley -c "$1"
      ;;
  esac
}

query() {
  local port
  port="$(_setting PROMETHEUS_PORT 9090)"
  _run curl -sS --fail-with-body "${PROMETHEUS_URL:-http://localhost:$port}/api/v1/query" \
    --data-urlencode "query=$1"
  echo
}
