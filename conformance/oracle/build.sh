#!/usr/bin/env bash
# Builds the oracle into conformance/.cache/oracle: about 4 minutes and 3 GB of Go caches the first time, seconds
# after that.
set -euo pipefail
cd "$(dirname "$0")"
mkdir -p ../.cache
GOFLAGS=-mod=readonly go build -ldflags='-s -w' -o ../.cache/oracle .
# The CRDs that `oracle validate` takes, from the modules that istiod is built of.
mkdir -p ../.cache/crds
cp -f "$(go list -m -f '{{.Dir}}' istio.io/istio)/manifests/charts/base/files/crd-all.gen.yaml" ../.cache/crds/
cp -f "$(go list -m -f '{{.Dir}}' sigs.k8s.io/gateway-api)"/config/crd/experimental/gateway.networking.k8s.io_*.yaml \
  ../.cache/crds/
