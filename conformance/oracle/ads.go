package main

import (
	"fmt"
	"net"
	"os"
	"strings"

	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	hcm "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	"google.golang.org/protobuf/types/known/wrapperspb"
	"istio.io/istio/pilot/pkg/model"
	"istio.io/istio/pilot/test/xds"
	"istio.io/istio/pkg/util/protomarshal"
	"istio.io/istio/pkg/wellknown"
)

// served is a world whose istiod can be asked over ADS until the next line comes.
type served struct {
	verdict
	// Address is where ADS listens, in plain text.
	Address string      `json:"address"`
	Proxies []adsClient `json:"proxies"`
	// Places are all endpoints of made-up pods that some cluster has.
	Places []place `json:"places"`
}

// adsClient is what an Envoy has to say to get a proxy's configuration, and to serve its routes itself: istiod's
// own connection managers but for the filters that only Istio's Envoy has.
type adsClient struct {
	From     rawJSON            `json:"from"`
	Node     adsNode            `json:"node"`
	Managers map[string]rawJSON `json:"managers"`
	// Secrets says that some cluster waits for a certificate of Istio's agent, which no Envoy has here.
	Secrets bool `json:"secrets"`
}

type adsNode struct {
	ID       string         `json:"id"`
	Cluster  string         `json:"cluster"`
	Metadata map[string]any `json:"metadata"`
}

// ads serves one world after the other over ADS, to Envoys of this machine. Pods are at addresses that it has:
// 127.1.0.0/16. Mutual TLS between proxies is off, and Istio's own filters have to be switched off by the caller,
// since they are read before main: PILOT_ENABLE_METADATA_EXCHANGE=false PILOT_ENABLE_ALPN_FILTER=false.
func ads([]string) error {
	for _, name := range []string{"PILOT_ENABLE_METADATA_EXCHANGE", "PILOT_ENABLE_ALPN_FILTER"} {
		if os.Getenv(name) != "false" {
			return fmt.Errorf("set %s=false: the Envoy that is asked does not have that filter", name)
		}
	}
	quieten()
	podNetwork = "127.1"
	end := func() {}
	err := eachLine(1, func(asked world) served {
		end()
		var now served
		now, end = serveWorld(asked)
		return now
	})
	end()
	return err
}

// serveWorld returns once ADS can be asked; the function ends that.
func serveWorld(asked world) (served, func()) {
	now := served{verdict: verdict{ID: asked.ID, Answers: []*answer{}, Made: map[string]string{}}}
	all, err := readObjects(asked.Manifests)
	if err != nil {
		now.Rejected = pointer(err.Error())
		return now, func() {}
	}
	now.Made = all.made
	mesh, err := meshConfigOf(asked.MeshConfig, all.configMaps)
	if err != nil {
		now.Rejected = pointer(err.Error())
		return now, func() {}
	}
	mesh.EnableAutoMtls = wrapperspb.Bool(false)
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		now.Crashed = pointer(err.Error())
		return now, func() {}
	}
	now.Address = socket.Addr().String()
	ready, stop, ended := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		options := xds.FakeOptions{ListenerBuilder: func() (net.Listener, error) { return socket, nil }}
		ended <- inWorld(all, mesh, options, func(server *xds.FakeDiscoveryServer) {
			snapshots := map[string]*snapshot{}
			for _, one := range asked.Requests {
				now.Answers = append(now.Answers, all.answer(server, snapshots, one))
			}
			for _, from := range sortedKeys(snapshots) {
				now.Proxies = append(now.Proxies, clientOf(from, snapshots[from]))
				now.Places = append(now.Places, placesOf(snapshots[from], all.made)...)
			}
			close(ready)
			<-stop
		})
	}()
	select {
	case <-ready:
		return now, func() { close(stop); <-ended }
	case err := <-ended:
		now.Crashed = pointer(fmt.Sprint(err))
		return now, func() {}
	}
}

func placesOf(taken *snapshot, made map[string]string) []place {
	var places []place
	for _, name := range sortedKeys(taken.clusters) {
		for _, socket := range taken.at(name) {
			if made[socket.Address] != "" {
				places = append(places, place{Address: socket.Address, Port: socket.GetPortValue()})
			}
		}
	}
	return places
}

func clientOf(from string, taken *snapshot) adsClient {
	proxy := taken.proxy
	client := adsClient{
		From: rawJSON(from),
		Node: adsNode{
			ID:      fmt.Sprintf("%s~%s~%s~%s", proxy.Type, proxy.IPAddresses[0], proxy.ID, proxy.DNSDomain),
			Cluster: "conformance",
			Metadata: map[string]any{
				"NAMESPACE": proxy.ConfigNamespace, "LABELS": proxy.Labels, "ISTIO_VERSION": proxyVersion,
				"CLUSTER_ID": "Kubernetes",
			},
		},
		Managers: map[string]rawJSON{},
	}
	for _, each := range taken.clusters {
		if text, err := protomarshal.ToJSON(each); err == nil && strings.Contains(text, "dsSecretConfig") {
			client.Secrets = true
		}
	}
	for _, each := range taken.listeners {
		if each.Name == model.VirtualInboundListenerName {
			continue
		}
		for _, chain := range append(each.FilterChains, each.DefaultFilterChain) {
			manager := managerOf(chain)
			if name := manager.GetRds().GetRouteConfigName(); name != "" {
				if text, err := protomarshal.ToJSON(plain(manager)); err == nil {
					client.Managers[name] = rawJSON(text)
				}
			}
		}
	}
	return client
}

func managerOf(chain *listenerv3.FilterChain) *hcm.HttpConnectionManager {
	for _, filter := range chain.GetFilters() {
		if filter.Name == wellknown.HTTPConnectionManager {
			manager := &hcm.HttpConnectionManager{}
			if filter.GetTypedConfig().UnmarshalTo(manager) == nil {
				return manager
			}
		}
	}
	return nil
}

// plain leaves the filters that decide on requests, and takes out what reports about them.
func plain(manager *hcm.HttpConnectionManager) *hcm.HttpConnectionManager {
	var kept []*hcm.HttpFilter
	for _, filter := range manager.HttpFilters {
		switch filter.Name {
		case wellknown.Fault, wellknown.CORS, wellknown.Router:
			kept = append(kept, filter)
		}
	}
	manager.HttpFilters = kept
	manager.Tracing = nil
	manager.AccessLog = nil
	return manager
}
