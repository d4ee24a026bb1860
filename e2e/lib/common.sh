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

# Since when progress is counted: one who calls another passes it on.
export HEAPWARDEN_BEGAN=${HEAPWARDEN_BEGAN:-$(date +%s)}

say() { printf '[%4d s] %s\n' "$(($(date +%s) - HEAPWARDEN_BEGAN))" "$*" >&2; }
# during COMMAND...: runs it, and says every half minute that it goes on.
during() {
  local ticker status=0
  (
    passed=0
    # It ends with the script, however that ends.
    while sleep 1 && kill -0 $$ 2>/dev/null; do
      ((++passed % 30)) || say "still at it"
    done
    # Not the lock of e2e/setup.
  ) >&2 8>&- &
  ticker=$!
  "$@" || status=$?
  kill "$ticker"
  wait "$ticker" || true
  return "$status"
}
# quietly LOG COMMAND...
quietly() {
  local log=$1
  shift
  "$@" >"$log" 2>&1
}
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

# A JDK 25 as Maven's toolchains find it: JAVA_HOME, then where packages put it.
find_java() {
  local home
  for home in "${JAVA_HOME:-}" /usr/lib/jvm/* "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/*; do
    if [[ -x $home/bin/java ]] && grep -q '^JAVA_VERSION="25' "$home/release" 2>/dev/null; then
      echo "$home/bin/java"
      return
    fi
  done
  die "no JDK 25 found" "install one, or set JAVA_HOME"
}

# unmount_below DIRECTORY: the deepest first.
unmount_below() {
  local mount
  awk -v below="$1/" 'index($5, below) == 1 {print $5}' /proc/self/mountinfo | sort -r |
    while read -r mount; do umount -l "$mount"; done
}

# process_start PID: when the process started. With the pid it names a process for good: a pid alone is used again.
process_start() {
  local stat
  if [[ -r /proc/$1/stat ]]; then
    stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
    # Field 22 of proc(5) stat; the command name, field 2, may contain spaces and brackets: count from after it.
    stat=${stat##*) }
    # shellcheck disable=SC2086  # split on purpose
    set -- $stat
    # A zombie has ended, though nobody has asked for its exit code yet.
    [[ $1 != [ZX] ]] && echo "${20}"
  else
    stat=$(ps -o lstart= -p "$1" | tr -cs '[:alnum:]' .) && [[ -n $stat ]] && echo "$stat"
  fi
}

# An owner is a process that containers and the engine live for: PID-START.
owner_of() {
  local start
  start=$(process_start "$1") && echo "$1-$start"
}
owner_lives() { [[ $(owner_of "${1%%-*}" 2>/dev/null) == "$1" ]]; }

# digest FILE_OR_DIRECTORY... [-- WORD...]: a short name for exactly these sources, given below e2e/.
digest() {
  local sources=()
  while (($#)) && [[ $1 != -- ]]; do
    sources+=("$1")
    shift
  done
  {
    (cd "$E2E" && find "${sources[@]}" -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum)
    echo "$@"
  } | sha256sum | cut -c 1-12
}

# go_build NAME MODULE MESSAGE ARGUMENT...: `go build` in e2e/MODULE, unless that was done; sets `built` to the directory
# of the binaries.
go_build() {
  local name=$1 module=$2 message=$3 unfinished
  shift 3
  built=$CACHE/build/$name-$(digest "$module" -- "$@")
  [[ ! -d $built ]] || return 0
  command -v go >/dev/null || die "go is missing: $message cannot be built" "install Go 1.26 or later"
  say "building $message"
  mkdir -p "$CACHE/build"
  # Elsewhere first: an interrupted build must not look like a finished one.
  unfinished=$(mktemp -d "$CACHE/build/.$name-XXXX")
  CGO_ENABLED=0 during go -C "$E2E/$module" build -trimpath -buildvcs=false -o "$unfinished/" "$@" >&2 ||
    { rm -rf "$unfinished"; die "$message could not be built" "from e2e/$module: see above"; }
  # Earlier versions of the same.
  rm -rf "$CACHE/build/$name"-????????????
  mv "$unfinished" "$built"
}
