package main

// From the connection to the filter chain's last filter, as Envoy goes
// (docs: configuration/listeners, api-v3 FilterChainMatch).

import (
	"net/netip"
	"strings"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	listener "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	hcm "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	tcp "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/tcp_proxy/v3"
	"istio.io/istio/pilot/pkg/model"
	"istio.io/istio/pkg/wellknown"
)

// walk is one request on its way through one proxy's configuration.
type walk struct {
	snapshot *snapshot
	all      *objects
	sent     *request
	// dialled are the addresses that the client may have picked from; it picked the first.
	dialled []string
	given   *answer
	manager *hcm.HttpConnectionManager
}

func (on *walk) connect() {
	isRouter := on.snapshot.proxy.Type == model.Router
	if isRouter {
		on.enterRouter()
	}
	found := on.findListener(isRouter)
	if address, err := netip.ParseAddr(on.dialled[0]); err == nil && address.IsLoopback() && !isBoundTo(found, address) {
		// iptables leave it alone, but a listener may be a real socket there.
		found = nil
	}
	if found == nil {
		on.noListener("no listener")
		return
	}
	on.given.Listener = &found.Name
	chain := on.findChain(found)
	if chain == nil {
		on.reset("filter_chain_not_found", "NR")
		return
	}
	if isTLS := chain.GetTransportSocket() != nil; isTLS && !on.sent.tls {
		on.reset("no TLS where TLS is expected")
		return
	} else if on.sent.tls && !isTLS && terminates(chain) {
		on.reset("TLS where HTTP is expected", "DPE")
		return
	}
	for _, filter := range chain.Filters {
		switch filter.Name {
		case wellknown.HTTPConnectionManager:
			on.manager = &hcm.HttpConnectionManager{}
			if err := filter.GetTypedConfig().UnmarshalTo(on.manager); err != nil {
				on.given.Error = pointer(err.Error())
				return
			}
			on.http()
			return
		case wellknown.TCPProxy:
			proxy := &tcp.TcpProxy{}
			if err := filter.GetTypedConfig().UnmarshalTo(proxy); err != nil {
				on.given.Error = pointer(err.Error())
				return
			}
			on.tcp(proxy)
			return
		}
	}
	on.reset("the filter chain leads nowhere")
}

// enterRouter takes the port that was dialled for a Service's, and goes on to the pod's port behind it.
func (on *walk) enterRouter() {
	for _, target := range on.snapshot.proxy.ServiceTargets {
		if uint32(target.Port.ServicePort.Port) == on.sent.port {
			on.sent.port = target.Port.TargetPort
			break
		}
	}
	on.dialled = on.snapshot.proxy.IPAddresses[:1]
}

func terminates(chain *listener.FilterChain) bool {
	for _, filter := range chain.Filters {
		if filter.Name == wellknown.HTTPConnectionManager {
			return true
		}
	}
	return false
}

func (on *walk) noListener(detail string) {
	on.given.Outcome.Kind = "no-listener"
	on.given.Outcome.Detail = &detail
}

func (on *walk) reset(detail string, flags ...string) {
	on.given.Outcome.Kind = "reset"
	on.given.Outcome.Detail = &detail
	on.given.Outcome.Flags = append(on.given.Outcome.Flags, flags...)
}

// findListener prefers the exact address to the wildcard; a sidecar's last resort is virtualOutbound.
func (on *walk) findListener(isRouter bool) *listener.Listener {
	dialled, err := netip.ParseAddr(on.dialled[0])
	if err != nil {
		return nil
	}
	var wildcard, fallback *listener.Listener
	for _, each := range on.snapshot.listeners {
		if each.Name == model.VirtualOutboundListenerName {
			fallback = each
			continue
		}
		if each.Name == model.VirtualInboundListenerName {
			continue
		}
		for _, socket := range addressesOf(each) {
			address, err := netip.ParseAddr(socket.Address)
			if err != nil || socket.Protocol != core.SocketAddress_TCP || socket.GetPortValue() != on.sent.port {
				continue
			}
			if address == dialled {
				return each
			}
			isSameFamily := address.Is4() == dialled.Is4() || socket.Ipv4Compat
			if wildcard == nil && address.IsUnspecified() && isSameFamily {
				wildcard = each
			}
		}
	}
	if wildcard == nil && !isRouter {
		return fallback
	}
	return wildcard
}

func isBoundTo(found *listener.Listener, address netip.Addr) bool {
	if found == nil || (found.GetBindToPort() != nil && !found.GetBindToPort().Value) {
		return false
	}
	for _, socket := range addressesOf(found) {
		if bound, err := netip.ParseAddr(socket.Address); err == nil && bound == address {
			return true
		}
	}
	return false
}

func addressesOf(each *listener.Listener) []*core.SocketAddress {
	var all []*core.SocketAddress
	if socket := each.GetAddress().GetSocketAddress(); socket != nil {
		all = append(all, socket)
	}
	for _, more := range each.GetAdditionalAddresses() {
		if socket := more.GetAddress().GetSocketAddress(); socket != nil {
			all = append(all, socket)
		}
	}
	return all
}

// findChain narrows the chains criterion by criterion, in Envoy's order; at each the most specific that fit stay,
// and those without the criterion only where none fits. There is no way back.
func (on *walk) findChain(in *listener.Listener) *listener.FilterChain {
	chains := in.FilterChains
	inspectsTLS, inspectsHTTP := inspectors(in)
	name, transport := "", "raw_buffer"
	var protocols []string
	switch {
	case on.sent.tls && inspectsTLS:
		name, transport = on.sent.sni, "tls"
		protocols = []string{"http/1.1"}
		if on.sent.http == "2" {
			protocols = []string{"h2", "http/1.1"}
		}
	case !on.sent.tls && inspectsHTTP:
		protocols = []string{"http/" + on.sent.http}
		if on.sent.http == "2" {
			protocols = []string{"h2c"}
		}
	}
	dialled, _ := netip.ParseAddr(on.dialled[0])
	chains = narrow(chains, func(match *listener.FilterChainMatch) int {
		switch port := match.GetDestinationPort(); {
		case port == nil:
			return unasked
		case port.Value == on.sent.port:
			return 1
		}
		return unfit
	})
	chains = narrow(chains, func(match *listener.FilterChainMatch) int {
		if len(match.GetPrefixRanges()) == 0 {
			return unasked
		}
		best := unfit
		for _, each := range match.GetPrefixRanges() {
			address, err := netip.ParseAddr(each.AddressPrefix)
			if err != nil {
				continue
			}
			bits := int(each.GetPrefixLen().GetValue())
			if prefix := netip.PrefixFrom(address, bits); prefix.Contains(dialled) {
				best = max(best, 1+bits)
			}
		}
		return best
	})
	chains = narrow(chains, func(match *listener.FilterChainMatch) int {
		return fitName(match.GetServerNames(), name)
	})
	chains = narrow(chains, func(match *listener.FilterChainMatch) int {
		return fitText(match.GetTransportProtocol(), transport)
	})
	chains = narrow(chains, func(match *listener.FilterChainMatch) int {
		if len(match.GetApplicationProtocols()) == 0 {
			return unasked
		}
		for _, wanted := range match.GetApplicationProtocols() {
			for _, offered := range protocols {
				if wanted == offered {
					return 1
				}
			}
		}
		return unfit
	})
	if len(chains) == 0 {
		return in.GetDefaultFilterChain()
	}
	return chains[0]
}

const (
	unfit   = -1
	unasked = 0
)

func narrow(chains []*listener.FilterChain, fit func(*listener.FilterChainMatch) int) []*listener.FilterChain {
	best := unfit
	var kept []*listener.FilterChain
	for _, chain := range chains {
		score := fit(chain.GetFilterChainMatch())
		if score == unfit || score < best {
			continue
		}
		if score > best {
			best, kept = score, nil
		}
		kept = append(kept, chain)
	}
	return kept
}

func fitText(wanted, offered string) int {
	switch wanted {
	case "":
		return unasked
	case offered:
		return 1
	}
	return unfit
}

// fitName prefers the exact name, then the longest wildcard.
func fitName(wanted []string, offered string) int {
	if len(wanted) == 0 {
		return unasked
	}
	best := unfit
	for _, each := range wanted {
		if each == offered && offered != "" {
			return 1 << 20
		}
		if suffix, found := strings.CutPrefix(each, "*."); found && strings.HasSuffix(offered, "."+suffix) {
			best = max(best, 1+len(suffix))
		}
	}
	return best
}

func inspectors(in *listener.Listener) (tls, http bool) {
	for _, filter := range in.ListenerFilters {
		switch filter.Name {
		case wellknown.TLSInspector:
			tls = true
		case wellknown.HTTPInspector:
			http = true
		}
	}
	for _, chain := range in.FilterChains {
		match := chain.GetFilterChainMatch()
		if match.GetTransportProtocol() == "tls" || len(match.GetServerNames()) > 0 {
			tls = true
		}
	}
	return tls, http
}

func (on *walk) tcp(proxy *tcp.TcpProxy) {
	cluster := proxy.GetCluster()
	if split := proxy.GetWeightedClusters(); split != nil {
		for _, each := range split.Clusters {
			on.given.Outcome.Weights = append(on.given.Outcome.Weights, weighted{each.Name, each.Weight})
			if cluster == "" && each.Weight > 0 {
				cluster = each.Name
			}
		}
	} else {
		on.given.Outcome.Weights = append(on.given.Outcome.Weights, weighted{cluster, 100})
	}
	on.given.to(cluster)
	if cluster == passthroughCluster {
		on.passThrough()
		return
	}
	if on.snapshot.clusters[cluster] == nil {
		on.reset("cluster_not_found", "NC")
		return
	}
	if cluster == "BlackHoleCluster" {
		on.reset(cluster, "UH")
		return
	}
	on.given.Outcome.Kind = "tcp"
	on.given.Outcome.Endpoints = on.endpointsOf(cluster)
	if len(on.given.Outcome.Endpoints) == 0 {
		on.given.Outcome.Flags = append(on.given.Outcome.Flags, "UH")
	}
}
