package main

import (
	"maps"
	"slices"

	cluster "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	endpoint "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"
	listener "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	route "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	"google.golang.org/protobuf/proto"
	"istio.io/istio/pilot/pkg/model"
	istiocore "istio.io/istio/pilot/pkg/networking/core"
	"istio.io/istio/pilot/pkg/xds/endpoints"
	"istio.io/istio/pilot/test/xds"
	"istio.io/istio/pkg/util/protomarshal"
	"istio.io/istio/pkg/util/sets"
)

// snapshot is all that istiod tells one proxy.
type snapshot struct {
	proxy     *model.Proxy
	listeners []*listener.Listener
	routes    map[string]*route.RouteConfiguration
	clusters  map[string]*cluster.Cluster
	endpoints map[string]*endpoint.ClusterLoadAssignment
}

func takeSnapshot(server *xds.FakeDiscoveryServer, proxy *model.Proxy) *snapshot {
	// What istiod computes for one proxy it keeps for the next, and not all of that is the next one's.
	context := model.NewPushContext()
	context.InitContext(server.Env(), nil, nil)
	server.Env().SetPushContext(context)
	taken := &snapshot{
		proxy:     server.SetupProxy(proxy),
		routes:    map[string]*route.RouteConfiguration{},
		clusters:  map[string]*cluster.Cluster{},
		endpoints: map[string]*endpoint.ClusterLoadAssignment{},
	}
	taken.listeners = server.Listeners(taken.proxy)
	for _, each := range routesOf(server, taken.proxy, taken.listeners) {
		taken.routes[each.Name] = each
	}
	for _, each := range server.Clusters(taken.proxy) {
		// Envoy keeps the first of a name; istiod sends no second.
		if taken.clusters[each.Name] != nil {
			continue
		}
		taken.clusters[each.Name] = each
		if each.GetType() != cluster.Cluster_EDS {
			taken.endpoints[each.Name] = each.GetLoadAssignment()
			continue
		}
		name := each.GetEdsClusterConfig().GetServiceName()
		if name == "" {
			name = each.Name
		}
		builder := endpoints.NewEndpointBuilder(name, taken.proxy, server.PushContext())
		taken.endpoints[each.Name] = builder.BuildClusterLoadAssignment(server.Discovery.Env.EndpointIndex)
	}
	return taken
}

// routesOf asks for every route configuration once, as Envoy does: asked twice at once, istiod's code gives an empty
// one for the second of a sniffed port.
func routesOf(server *xds.FakeDiscoveryServer, proxy *model.Proxy, listeners []*listener.Listener) []*route.RouteConfiguration {
	names := slices.Sorted(maps.Keys(sets.New(istiocore.ExtractRoutesFromListeners(listeners)...)))
	resources, _ := server.ConfigGen.BuildHTTPRoutes(proxy, &model.PushRequest{Push: server.PushContext()}, names)
	routes := make([]*route.RouteConfiguration, 0, len(resources))
	for _, each := range resources {
		config := &route.RouteConfiguration{}
		if each.GetResource().UnmarshalTo(config) == nil {
			routes = append(routes, config)
		}
	}
	return routes
}

// at are the addresses of a cluster that may be picked.
func (taken *snapshot) at(name string) []*core.SocketAddress {
	var all []*core.SocketAddress
	for _, locality := range taken.endpoints[name].GetEndpoints() {
		for _, each := range locality.GetLbEndpoints() {
			switch each.GetHealthStatus() {
			case core.HealthStatus_UNHEALTHY, core.HealthStatus_DRAINING, core.HealthStatus_TIMEOUT:
				continue
			}
			if address := each.GetEndpoint().GetAddress().GetSocketAddress(); address != nil {
				all = append(all, address)
			}
		}
	}
	return all
}

// dump is the snapshot as JSON, for a human.
func (taken *snapshot) dump() map[string]any {
	texts := func(all []proto.Message) []rawJSON {
		written := make([]rawJSON, 0, len(all))
		for _, each := range all {
			text, err := protomarshal.ToJSON(each)
			if err != nil {
				text = `"` + err.Error() + `"`
			}
			written = append(written, rawJSON(text))
		}
		return written
	}
	var listeners, routes, clusters, assignments []proto.Message
	for _, each := range taken.listeners {
		listeners = append(listeners, each)
	}
	for _, name := range sortedKeys(taken.routes) {
		routes = append(routes, taken.routes[name])
	}
	for _, name := range sortedKeys(taken.clusters) {
		clusters = append(clusters, taken.clusters[name])
		if assignment := taken.endpoints[name]; assignment != nil {
			assignments = append(assignments, assignment)
		}
	}
	return map[string]any{
		"listeners": texts(listeners), "routes": texts(routes),
		"clusters": texts(clusters), "endpoints": texts(assignments),
	}
}

type rawJSON string

func (text rawJSON) MarshalJSON() ([]byte, error) { return []byte(text), nil }
