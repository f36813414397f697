package main

// From the HTTP connection manager to the route, and what it does.

import (
	"strings"

	route "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	cors "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/cors/v3"
	faults "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/fault/v3"
	hcm "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
	"istio.io/istio/pkg/wellknown"
)

func (on *walk) http() {
	if on.sent.http == "1.0" && !on.manager.GetHttpProtocolOptions().GetAcceptHttp_10() {
		on.given.respond(426, "", "low_version")
		return
	}
	if path, _, _ := strings.Cut(on.sent.path, "?"); strings.Contains(path, "%00") && on.manager.GetNormalizePath().GetValue() {
		on.given.respond(400, "", "path_normalization_failed")
		return
	}
	on.normalize()
	var config *route.RouteConfiguration
	switch from := on.manager.RouteSpecifier.(type) {
	case *hcm.HttpConnectionManager_Rds:
		on.given.RouteConfig = &from.Rds.RouteConfigName
		config = on.snapshot.routes[from.Rds.RouteConfigName]
	case *hcm.HttpConnectionManager_RouteConfig:
		on.given.RouteConfig = &from.RouteConfig.Name
		config = from.RouteConfig
	}
	if config == nil {
		on.given.respond(404, "", "route_not_found", "NR")
		return
	}
	if err := refusal(config); err != nil {
		on.given.Error = pointer(err.Error())
		return
	}
	host := findVirtualHost(config, on.sent.authority)
	if host == nil {
		on.given.respond(404, "", "route_not_found", "NR")
		return
	}
	on.given.VirtualHost = &host.Name
	if host.RequireTls == route.VirtualHost_ALL && !on.sent.tls {
		on.given.Outcome.Kind = "redirect"
		on.given.Outcome.Status = pointer(301)
		// Unlike a route's redirect this keeps the port (envoy: source/common/http/utility.cc, createSslRedirectPath).
		on.given.Outcome.Location = pointer("https://" + on.sent.authority + on.sent.path)
		return
	}
	for index, each := range host.Routes {
		if !matches(each.Match, on.sent) {
			continue
		}
		on.given.Route = &routeName{Index: index}
		if each.Name != "" {
			on.given.Route.Name = &each.Name
		}
		on.act(config, host, each)
		return
	}
	on.given.respond(404, "", "route_not_found", "NR")
}

// normalize does to the request what the connection manager is told to do before it looks for a route.
func (on *walk) normalize() {
	if on.manager.GetStripAnyHostPort() || on.manager.GetStripMatchingHostPort() {
		on.sent.authority = withoutPort(on.sent.authority)
	}
	path, query, asks := strings.Cut(on.sent.path, "?")
	if on.manager.PathWithEscapedSlashesAction == hcm.HttpConnectionManager_UNESCAPE_AND_FORWARD {
		path = escapedSlashes.Replace(path)
	}
	if on.manager.GetNormalizePath().GetValue() {
		path = normalizePath(path)
	}
	if on.manager.MergeSlashes {
		for strings.Contains(path, "//") {
			path = strings.ReplaceAll(path, "//", "/")
		}
	}
	on.sent.path = path
	if asks {
		on.sent.path += "?" + query
	}
}

var escapedSlashes = strings.NewReplacer("%2F", "/", "%2f", "/", "%5C", `\`, "%5c", `\`)

func (on *walk) act(config *route.RouteConfiguration, host *route.VirtualHost, found *route.Route) {
	if on.answerByFilter(found) {
		return
	}
	switch action := found.Action.(type) {
	case *route.Route_DirectResponse:
		body := action.DirectResponse.GetBody()
		text := body.GetInlineString() + string(body.GetInlineBytes())
		on.given.respond(int(action.DirectResponse.Status), text, "direct_response")
		on.given.ResponseHeaders = responseOperations(config, level(found), level(host))
	case *route.Route_Redirect:
		on.redirect(action.Redirect, found.Match)
		on.given.ResponseHeaders = responseOperations(config, level(found), level(host))
	case *route.Route_Route:
		on.forward(config, host, found, action.Route)
	}
}

// answerByFilter runs the filters before the router, in order; true where one of them answers.
func (on *walk) answerByFilter(found *route.Route) bool {
	perRoute := map[string]*anypb.Any{}
	for name, each := range found.TypedPerFilterConfig {
		perRoute[name] = each
	}
	for _, filter := range on.manager.HttpFilters {
		written := perRoute[filter.Name]
		if written == nil {
			continue
		}
		switch filter.Name {
		case wellknown.CORS:
			policy := &cors.CorsPolicy{}
			if read(written, policy) && on.preflight(policy) {
				return true
			}
		case wellknown.Fault:
			policy := &faults.HTTPFault{}
			if read(written, policy) && on.fail(policy, found) {
				return true
			}
		}
	}
	return false
}

func read(written *anypb.Any, into proto.Message) bool {
	return written.UnmarshalTo(into) == nil
}

// preflight answers for an origin that is allowed; any other goes on.
func (on *walk) preflight(policy *cors.CorsPolicy) bool {
	origin := on.sent.header("origin")
	if on.sent.method != "OPTIONS" || len(origin) == 0 || len(on.sent.header("access-control-request-method")) == 0 {
		return false
	}
	for _, each := range policy.AllowOriginStringMatch {
		if matchText(each, origin[0]) {
			on.given.respond(200, "", "cors_response")
			return true
		}
	}
	if forward := policy.ForwardNotMatchingPreflights; forward != nil && !forward.Value {
		on.given.respond(200, "", "cors_response")
		return true
	}
	return false
}

// fail injects what the draw 0 hits: every fault of more than 0 %.
func (on *walk) fail(policy *faults.HTTPFault, found *route.Route) bool {
	injected := &fault{}
	if delay := policy.GetDelay(); delay != nil {
		injected.Delay = &delayFault{delay.GetFixedDelay().AsDuration().Milliseconds(), percentOf(delay.Percentage)}
	}
	if abort := policy.GetAbort(); abort != nil {
		status := int(abort.GetHttpStatus())
		if status == 0 {
			// A gRPC status comes in a header of a 200.
			status = 200
		}
		injected.Abort = &abortFault{status, percentOf(abort.Percentage)}
	}
	if injected.Delay == nil && injected.Abort == nil {
		return false
	}
	on.given.Fault = injected
	if injected.Abort == nil || injected.Abort.Percent == 0 {
		return false
	}
	var flags []string
	if injected.Delay != nil && injected.Delay.Percent > 0 {
		flags = append(flags, "DI")
	}
	on.given.respond(injected.Abort.Status, "fault filter abort", "fault_filter_abort", append(flags, "FI")...)
	if action := found.GetRoute(); action != nil {
		name, _ := drawCluster(action)
		on.given.to(name)
	}
	return true
}
