package main

import (
	"strings"

	cluster "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	route "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
)

// drawCluster is the route's cluster, the first of weighted ones that has a weight.
func drawCluster(action *route.RouteAction) (string, *route.WeightedCluster_ClusterWeight) {
	split := action.GetWeightedClusters()
	if split == nil {
		return action.GetCluster(), nil
	}
	for _, each := range split.Clusters {
		if each.GetWeight().GetValue() > 0 {
			return each.Name, each
		}
	}
	return "", nil
}

func (on *walk) forward(config *route.RouteConfiguration, host *route.VirtualHost, found *route.Route, action *route.RouteAction) {
	name, chosen := drawCluster(action)
	on.given.to(name)
	if name == passthroughCluster {
		on.passThrough()
		return
	}
	if action.GetWeightedClusters() != nil {
		on.given.Outcome.Weights = weightsOf(action, name)
	}
	target := on.snapshot.clusters[name]
	if target == nil {
		status := map[route.RouteAction_ClusterNotFoundResponseCode]int{
			route.RouteAction_SERVICE_UNAVAILABLE:   503,
			route.RouteAction_NOT_FOUND:             404,
			route.RouteAction_INTERNAL_SERVER_ERROR: 500,
		}[action.ClusterNotFoundResponseCode]
		on.given.respond(status, "", "cluster_not_found", "NC")
		return
	}
	places := on.endpointsOf(name)
	isDynamic := target.GetClusterType() != nil
	if len(places) == 0 && !isDynamic {
		on.given.respond(503, "no healthy upstream", "no_healthy_upstream", "UH")
		return
	}
	on.given.Outcome.Kind = "forward"
	on.given.Outcome.Endpoints = places
	on.given.Outcome.Weights = weightsOf(action, name)
	on.given.Rewrite = on.rewritten(found.Match, action, chosen, target)
	levels := []headerLevel{level(found), level(host)}
	if chosen != nil {
		levels = append([]headerLevel{level(chosen)}, levels...)
	}
	on.given.RequestHeaders = requestOperations(config, levels...)
	on.given.ResponseHeaders = responseOperations(config, levels...)
	on.given.Timeout = pointer(int64(15_000))
	if action.Timeout != nil {
		on.given.Timeout = pointer(action.Timeout.AsDuration().Milliseconds())
	}
	on.given.Retries = retriesOf(action.RetryPolicy)
	for _, each := range action.RequestMirrorPolicies {
		copied := 100.0
		if fraction := each.RuntimeFraction; fraction != nil {
			copied = percentOf(fraction.DefaultValue)
		}
		on.given.Mirrors = append(on.given.Mirrors, mirror{each.Cluster, copied})
	}
}

func weightsOf(action *route.RouteAction, name string) []weighted {
	split := action.GetWeightedClusters()
	if split == nil {
		return []weighted{{name, 100}}
	}
	weights := []weighted{}
	for _, each := range split.Clusters {
		weights = append(weights, weighted{each.Name, each.GetWeight().GetValue()})
	}
	return weights
}

func retriesOf(policy *route.RetryPolicy) *retries {
	if policy == nil {
		return nil
	}
	told := &retries{Attempts: 1, On: []string{}, Statuses: policy.RetriableStatusCodes}
	if policy.NumRetries != nil {
		told.Attempts = policy.NumRetries.Value
	}
	for _, condition := range strings.Split(policy.RetryOn, ",") {
		// Where a rule names status codes only, Istio leaves an empty one, which Envoy passes over.
		if condition != "" {
			told.On = append(told.On, condition)
		}
	}
	if told.Statuses == nil {
		told.Statuses = []uint32{}
	}
	if policy.PerTryTimeout != nil {
		told.PerTryTimeout = pointer(policy.PerTryTimeout.AsDuration().Milliseconds())
	}
	return told
}

func (on *walk) rewritten(match *route.RouteMatch, action *route.RouteAction, chosen *route.WeightedCluster_ClusterWeight, target *cluster.Cluster) *rewrite {
	told := &rewrite{}
	if path := rewritePath(match, action.PrefixRewrite, action.RegexRewrite, on.sent.path); path != on.sent.written {
		told.Path = &path
	}
	// The cluster's is written first, and the route's over it.
	host := action.GetHostRewriteLiteral()
	if host == "" {
		host = chosen.GetHostRewriteLiteral()
	}
	if host == "" && action.GetAutoHostRewrite().GetValue() {
		host = hostnameOf(target)
	}
	if host != "" && host != on.sent.authority {
		told.Host = &host
	}
	if told.Path == nil && told.Host == nil {
		return nil
	}
	return told
}

// hostnameOf is the name of a DNS cluster's first endpoint.
func hostnameOf(target *cluster.Cluster) string {
	for _, locality := range target.GetLoadAssignment().GetEndpoints() {
		for _, each := range locality.GetLbEndpoints() {
			if socket, ok := each.GetEndpoint().GetAddress().GetAddress().(*core.Address_SocketAddress); ok {
				return socket.SocketAddress.Address
			}
		}
	}
	return ""
}
