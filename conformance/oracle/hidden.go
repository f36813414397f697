package main

import (
	"strings"

	"istio.io/api/annotation"
	"istio.io/istio/pilot/pkg/model"
	"istio.io/istio/pilot/test/xds"
	"istio.io/istio/pkg/config/visibility"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
)

// knowHiddenEndpoints gives istiod the endpoints of Services that are exported to nobody. It takes them in with the
// Service and not with their slices (pilot/pkg/serviceregistry/kube/controller/endpointslice.go, serviceNeedsPush),
// so that it knows them or not by which came first; after a restart it does.
func knowHiddenEndpoints(all *objects, server *xds.FakeDiscoveryServer) {
	for _, service := range all.services {
		if !isExportedToNobody(service) {
			continue
		}
		host := service.Name + "." + service.Namespace + ".svc." + domain
		shard := model.ShardKeyFromRegistry(server.KubeRegistry)
		server.Discovery.EDSCacheUpdate(shard, host, service.Namespace, all.istioEndpoints(service))
	}
}

func isExportedToNobody(service *corev1.Service) bool {
	for _, namespace := range strings.Split(service.Annotations[annotation.NetworkingExportTo.Name], ",") {
		if strings.TrimSpace(namespace) == string(visibility.None) {
			return true
		}
	}
	return false
}

func (all *objects) istioEndpoints(service *corev1.Service) []*model.IstioEndpoint {
	var endpoints []*model.IstioEndpoint
	for _, each := range all.kubernetes {
		slice, ok := each.(*discoveryv1.EndpointSlice)
		if !ok || slice.Namespace != service.Namespace || slice.Labels[discoveryv1.LabelServiceName] != service.Name {
			continue
		}
		for _, one := range slice.Endpoints {
			if one.Conditions.Ready != nil && !*one.Conditions.Ready {
				continue
			}
			for _, port := range slice.Ports {
				if port.Name == nil || port.Port == nil {
					continue
				}
				endpoint := &model.IstioEndpoint{
					Addresses:             one.Addresses,
					ServicePortName:       *port.Name,
					EndpointPort:          uint32(*port.Port),
					Namespace:             service.Namespace,
					HealthStatus:          model.Healthy,
					DiscoverabilityPolicy: model.AlwaysDiscoverable,
				}
				// An address that somebody keeps by hand is no pod's.
				if pod := all.podAt(one.Addresses[0]); pod != nil {
					endpoint.Labels, endpoint.Namespace, endpoint.WorkloadName = pod.Labels, pod.Namespace, pod.Name
				}
				endpoints = append(endpoints, endpoint)
			}
		}
	}
	return endpoints
}
