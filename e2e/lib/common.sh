# shellcheck shell=bash
# What the scripts of e2e/ share: places, progress lines, and the one way to find the Docker engine.
# shellcheck disable=SC2034  # the variables are for those who source this file

E2E=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
ROOT=$(dirname "$E2E")
# Nothing that is built or downloaded lies in the source tree.
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/heapwarden
# The engine that e2e/engine starts where none answers.
OWN_RUN=/run/heapwarden
OWN_SOCKET=$OWN_RUN/docker.sock

say() { printf '[%4d s] %s\n' "$SECONDS" "$*" >&2; }
die() {
  printf 'error: %s\n' "$1" >&2
  shift
  if (($#)); then printf '       %s\n' "$@" >&2; fi
  exit 1
}

# answers HOST: whether a Docker engine answers there.
answers() { DOCKER_HOST=$1 timeout 10 docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }

# Prints the address of the engine to use; fails where none answers. DOCKER_HOST wins, then the client's
# current context (Docker Desktop, Colima and rootless engines live there), then our own engine.
engine_host() {
  command -v docker >/dev/null || return 1
  local host
  if [[ -n ${DOCKER_HOST:-} ]]; then
    answers "$DOCKER_HOST" && echo "$DOCKER_HOST"
    return
  fi
  host=$(docker context inspect --format '{{.Endpoints.docker.Host}}' 2>/dev/null) || host=unix:///var/run/docker.sock
  for host in "$host" "unix://$OWN_SOCKET"; do
    if [[ $host != unix://* || -S ${host#unix://} ]] && answers "$host"; then
      echo "$host"
      return
    fi
  done
  return 1
}

# process_start PID: the time the process started, in clock ticks since boot (field 22 of proc(5) stat): with the
# pid it names a process for good, since a pid alone may be used again.
process_start() {
  local stat
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  # The command name, field 2, may contain spaces and brackets: count from after the last bracket.
  stat=${stat##*) }
  # shellcheck disable=SC2086  # split on purpose
  set -- $stat
  echo "${20}"
}
