package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"sort"
	"strings"

	networking "istio.io/api/networking/v1alpha3"
	"istio.io/istio/pilot/pkg/model"
	"istio.io/istio/pkg/config/schema/gvk"
	corev1 "k8s.io/api/core/v1"
)

// proxyVersion is what the proxies say they are: as new as istiod.
const proxyVersion = "1.32.0"

// findProxy describes the proxy that `from` names; nil for `outside`, which has none.
func (all *objects) findProxy(from json.RawMessage) (*model.Proxy, error) {
	var name string
	if err := json.Unmarshal(from, &name); err != nil {
		var given described
		if err := json.Unmarshal(from, &given); err != nil {
			return nil, fmt.Errorf("from: %w", err)
		}
		return describedProxy(given)
	}
	if name == "outside" {
		return nil, nil
	}
	parts := strings.Split(name, "/")
	if len(parts) != 3 {
		return nil, fmt.Errorf("from: %q is not KIND/NAMESPACE/NAME", name)
	}
	kind, namespace, object := parts[0], parts[1], parts[2]
	if kind == "gateway" {
		return all.gatewayProxy(namespace, object)
	}
	for _, pod := range all.pods {
		if all.owners[pod.Namespace+"/"+pod.Name] == name || name == "pod/"+pod.Namespace+"/"+pod.Name {
			return podProxy(model.SidecarProxy, pod), nil
		}
	}
	return nil, fmt.Errorf("from: no %s", name)
}

func describedProxy(given described) (*model.Proxy, error) {
	kind := model.SidecarProxy
	switch given.Type {
	case "sidecar":
	case "router":
		kind = model.Router
	default:
		return nil, fmt.Errorf("from: type %q is neither sidecar nor router", given.Type)
	}
	if given.Namespace == "" {
		return nil, errors.New("from: no namespace")
	}
	if given.Name == "" {
		given.Name = "proxy"
	}
	if given.IP == "" {
		// In no range that builtin.go gives out.
		given.IP = "10.4.0.1"
	}
	return newProxy(kind, given.Namespace, given.Name, given.IP, given.Labels), nil
}

func podProxy(kind model.NodeType, pod *corev1.Pod) *model.Proxy {
	return newProxy(kind, pod.Namespace, pod.Name, pod.Status.PodIP, pod.Labels)
}

func newProxy(kind model.NodeType, namespace, name, address string, labels map[string]string) *model.Proxy {
	return &model.Proxy{
		Type:            kind,
		ID:              name + "." + namespace,
		ConfigNamespace: namespace,
		DNSDomain:       namespace + ".svc." + domain,
		IPAddresses:     []string{address},
		Labels:          labels,
		Metadata: &model.NodeMetadata{
			Namespace:    namespace,
			Labels:       labels,
			IstioVersion: proxyVersion,
			ClusterID:    "Kubernetes",
		},
	}
}

// gatewayProxy is the router pod of an Istio Gateway or of a Kubernetes one.
func (all *objects) gatewayProxy(namespace, name string) (*model.Proxy, error) {
	number := -1
	for _, each := range all.configs {
		if each.GroupVersionKind != gvk.Gateway {
			continue
		}
		number++
		if each.Namespace != namespace || each.Name != name {
			continue
		}
		selector := each.Spec.(*networking.Gateway).Selector
		for _, pod := range all.pods {
			if pod.Namespace == namespace && len(selector) > 0 && selects(selector, pod) {
				return podProxy(model.Router, pod), nil
			}
		}
		address := numbered("10.2", number)
		all.made[address] = "gateway/" + namespace + "/" + name
		return newProxy(model.Router, namespace, name, address, selector), nil
	}
	for _, each := range all.kubernetesGateways {
		if each.Namespace != namespace || each.Name != name {
			continue
		}
		for _, pod := range all.pods {
			if all.owners[pod.Namespace+"/"+pod.Name] == "gateway/"+namespace+"/"+name {
				return podProxy(model.Router, pod), nil
			}
		}
	}
	return nil, fmt.Errorf("from: no gateway/%s/%s with a proxy", namespace, name)
}

func sortedKeys[T any](of map[string]T) []string {
	keys := make([]string, 0, len(of))
	for key := range of {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}
