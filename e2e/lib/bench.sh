# shellcheck shell=bash
# What the benchmarks share that run on the cluster of e2e/cluster. To be sourced after common.sh.

SYSTEM=heapwarden-system

# on_cluster NAMESPACE: starts the cluster where none runs, installs Heapwarden, makes the namespace; all of that is undone at the end,
# a cluster that ran before stays. Sets `agent`, the agent's pod.
on_cluster() {
  namespace=$1
  command -v jq >/dev/null || die "jq is missing" "install it"
  "$E2E/cluster" status >/dev/null 2>&1 && kept=1 || kept=0
  trap leave_cluster EXIT
  "$E2E/cluster" up >/dev/null
  KUBECONFIG=$("$E2E/cluster" kubeconfig)
  DOCKER_HOST=$(engine_host)
  export KUBECONFIG DOCKER_HOST
  say "installing Heapwarden"
  kubectl apply --server-side --force-conflicts -f "$ROOT/manifests/install.yaml" >/dev/null
  kubectl -n $SYSTEM rollout status daemonset/heapwarden-agent --timeout 3m >/dev/null
  kubectl -n $SYSTEM rollout status deployment/heapwarden-operator --timeout 3m >/dev/null
  agent=$(kubectl -n $SYSTEM get pods -l app.kubernetes.io/component=agent -o 'jsonpath={.items[0].metadata.name}')
  kubectl create namespace "$namespace" >/dev/null
}

leave_cluster() {
  kubectl delete namespace "$namespace" --ignore-not-found >/dev/null || true
  ((kept)) || "$E2E/cluster" down >/dev/null
}

# metric SERIES: the sum of the agent's series that begin so; 0 where there is none.
metric() {
  kubectl get --raw "/api/v1/namespaces/$SYSTEM/pods/$agent:9463/proxy/metrics" 2>/dev/null |
    awk -v series="$1" 'index($0, series) == 1 {sum += $NF} END {print sum + 0}'
}

# await SECONDS WORDS COMMAND...: asks until the command holds.
await() {
  local end=$((EPOCHSECONDS + $1)) words=$2
  shift 2
  until "$@"; do
    ((EPOCHSECONDS < end)) || die "$words: not within the time"
    sleep 0.2
  done
}
