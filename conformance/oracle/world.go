package main

import (
	"fmt"
	"runtime/debug"
	"time"

	meshconfig "istio.io/api/mesh/v1alpha1"
	"istio.io/istio/pilot/test/xds"
	"istio.io/istio/pkg/config"
	"istio.io/istio/pkg/config/schema/gatewayapi"
	"istio.io/istio/pkg/kube/krt"
	"istio.io/istio/pkg/test"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// builtAt stands for the creationTimestamp of what has none: all of it is of one age.
var builtAt = time.Date(2020, time.January, 1, 0, 0, 0, 0, time.UTC)

// Istio's debug handler would keep every collection of every world.
func init() { krt.GlobalDebugHandler = nil }

// inWorld starts istiod's discovery server on the objects, lets `use` ask it, and ends it. The error says how
// istiod's code failed, with the stack where it panicked.
func inWorld(all *objects, mesh *meshconfig.MeshConfig, options xds.FakeOptions, use func(*xds.FakeDiscoveryServer)) error {
	options.MeshConfig = mesh
	options.KubeClientBuilder = newClient
	options.Configs = make([]config.Config, 0, len(all.configs))
	for _, each := range all.configs {
		if each.CreationTimestamp.IsZero() {
			each.CreationTimestamp = builtAt
		}
		options.Configs = append(options.Configs, each)
	}
	options.KubernetesObjects = make([]runtime.Object, 0, len(all.kubernetes))
	for _, each := range all.kubernetes {
		// Gateway API routes are compared with Istio's own objects, and so are of the same age.
		if typed, ok := each.(metav1.Object); ok && isGatewayAPI(each) && typed.GetCreationTimestamp() == (metav1.Time{}) {
			typed.SetCreationTimestamp(metav1.NewTime(builtAt))
		}
		options.KubernetesObjects = append(options.KubernetesObjects, each)
	}
	var panicked error
	err := test.Wrap(func(t test.Failer) {
		defer func() {
			if cause := recover(); cause != nil {
				panicked = fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
			}
		}()
		server := xds.NewFakeDiscoveryServer(t, options)
		server.EnsureSynced(t)
		knowHiddenEndpoints(all, server)
		use(server)
	})
	if panicked != nil {
		return panicked
	}
	return err
}

func isGatewayAPI(object runtime.Object) bool {
	switch object.(type) {
	case *gatewayv1.Gateway, *gatewayv1.HTTPRoute, *gatewayv1.GRPCRoute:
		return true
	}
	return false
}

// The fake's CRDs say no version, for which istiod would not look at GRPCRoutes.
func init() { clear(gatewayapi.MinimumCRDVersions) }
