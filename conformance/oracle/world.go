package main

import (
	"fmt"
	"runtime/debug"
	"time"

	meshconfig "istio.io/api/mesh/v1alpha1"
	"istio.io/istio/pilot/test/xds"
	"istio.io/istio/pkg/config"
	"istio.io/istio/pkg/test"
	"k8s.io/apimachinery/pkg/runtime"
)

// builtAt stands for the creationTimestamp of what has none: all of it is of one age.
var builtAt = time.Date(2020, time.January, 1, 0, 0, 0, 0, time.UTC)

// inWorld starts istiod's discovery server on the objects, lets `use` ask it, and ends it. The error says how
// istiod's code failed, with the stack where it panicked.
func inWorld(all *objects, mesh *meshconfig.MeshConfig, options xds.FakeOptions, use func(*xds.FakeDiscoveryServer)) error {
	options.MeshConfig = mesh
	options.Configs = make([]config.Config, 0, len(all.configs))
	for _, each := range all.configs {
		if each.CreationTimestamp.IsZero() {
			each.CreationTimestamp = builtAt
		}
		options.Configs = append(options.Configs, each)
	}
	options.KubernetesObjects = make([]runtime.Object, 0, len(all.kubernetes))
	options.KubernetesObjects = append(options.KubernetesObjects, all.kubernetes...)
	var panicked error
	err := test.Wrap(func(t test.Failer) {
		defer func() {
			if cause := recover(); cause != nil {
				panicked = fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
			}
		}()
		use(xds.NewFakeDiscoveryServer(t, options))
	})
	if panicked != nil {
		return panicked
	}
	return err
}
