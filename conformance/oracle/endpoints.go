package main

import (
	"cmp"
	"slices"
	"strings"

	cluster "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	corev1 "k8s.io/api/core/v1"
)

const passthroughCluster = "PassthroughCluster"

func (on *walk) passThrough() {
	on.given.Outcome.Kind = "passthrough"
	on.given.to(passthroughCluster)
	on.given.Outcome.Weights = []weighted{}
	on.given.Outcome.Endpoints = on.beyond()
}

// endpointsOf are the places that the cluster may send to.
func (on *walk) endpointsOf(name string) []place {
	if on.snapshot.clusters[name].GetType() == cluster.Cluster_ORIGINAL_DST {
		return on.asDialled()
	}
	places := []place{}
	for _, socket := range on.snapshot.at(name) {
		places = append(places, on.placeAt(socket.Address, socket.GetPortValue()))
	}
	// istiod gives them in no order.
	slices.SortFunc(places, func(a, b place) int {
		return cmp.Or(cmp.Compare(a.Address, b.Address), cmp.Compare(a.Port, b.Port))
	})
	return places
}

// asDialled is every address that the client may have picked.
func (on *walk) asDialled() []place {
	places := []place{}
	for _, address := range on.dialled {
		places = append(places, on.placeAt(address, on.sent.port))
	}
	return places
}

// beyond is where kube-proxy leads a connection that the mesh lets through: to any ready pod of the Service that
// has the address, or to the pod that has it; nowhere in the cluster otherwise.
func (on *walk) beyond() []place {
	for _, service := range on.all.services {
		if service.Spec.ClusterIP != on.dialled[0] {
			continue
		}
		places := []place{}
		for _, port := range service.Spec.Ports {
			if uint32(port.Port) != on.sent.port || port.Protocol != corev1.ProtocolTCP {
				continue
			}
			for _, address := range on.all.readyAddresses(service) {
				pod := on.all.podAt(address)
				if pod == nil {
					continue
				}
				if target, found := targetPortOf(port, pod); found {
					places = append(places, on.placeAt(address, uint32(target)))
				}
			}
		}
		return places
	}
	if on.all.podAt(on.dialled[0]) == nil {
		return []place{}
	}
	return on.asDialled()
}

func (on *walk) placeAt(address string, port uint32) place {
	at := place{Address: address, Port: port}
	pod := on.all.podAt(address)
	if pod == nil {
		return at
	}
	owner := on.all.owners[pod.Namespace+"/"+pod.Name]
	name := owner[strings.LastIndex(owner, "/")+1:]
	if strings.HasPrefix(owner, "gateway/") {
		// The Deployment of a router is not called as its Gateway.
		name = strings.TrimSuffix(pod.Name, "-0")
	}
	at.Workload = pointer(name)
	at.Namespace = &pod.Namespace
	return at
}
