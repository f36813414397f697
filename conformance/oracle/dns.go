package main

import (
	"net/netip"
	"strings"

	"istio.io/istio/pilot/pkg/model"
	"istio.io/istio/pilot/pkg/serviceregistry/provider"
	"istio.io/istio/pkg/config/constants"
	"istio.io/istio/pkg/config/host"
	corev1 "k8s.io/api/core/v1"
)

// resolve gives the addresses that the proxy's client dials for a host, the first of them first. The search list is a
// pod's: NAMESPACE.svc.cluster.local, svc.cluster.local, cluster.local, then the name as it is.
func (all *objects) resolve(dialled string, proxy *model.Proxy) []string {
	return all.resolveWithin(dialled, proxy, 8)
}

func (all *objects) resolveWithin(host string, proxy *model.Proxy, aliases int) []string {
	host = strings.ToLower(strings.Trim(host, "[]"))
	if _, err := netip.ParseAddr(host); err == nil {
		return []string{host}
	}
	if aliases == 0 {
		return []string{outsideAddress}
	}
	if host == "localhost" {
		return []string{"127.0.0.1"}
	}
	for _, name := range searchList(host, proxy.ConfigNamespace) {
		if found := all.lookUp(name, proxy, aliases); found != nil {
			return found
		}
	}
	return []string{outsideAddress}
}

// searchList are the full names that a pod's resolver asks for, in order.
func searchList(host, namespace string) []string {
	var names []string
	if !strings.HasSuffix(host, ".") {
		for _, suffix := range []string{namespace + ".svc." + domain, "svc." + domain, domain} {
			names = append(names, host+"."+suffix)
		}
	}
	return append(names, strings.TrimSuffix(host, "."))
}

// lookUp answers for a full name; nil where it is unknown.
func (all *objects) lookUp(name string, proxy *model.Proxy, aliases int) []string {
	for _, service := range all.services {
		full := strings.ToLower(service.Name + "." + service.Namespace + ".svc." + domain)
		switch {
		case name == full && service.Spec.Type == corev1.ServiceTypeExternalName:
			return all.resolveWithin(service.Spec.ExternalName+".", proxy, aliases-1)
		case name == full && service.Spec.ClusterIP != corev1.ClusterIPNone:
			return []string{service.Spec.ClusterIP}
		case name == full:
			// No pod is ready: the name is there and has no address.
			return append(all.readyAddresses(service), outsideAddress)[:max(1, len(all.readyAddresses(service)))]
		case strings.HasSuffix(name, "."+full):
			for _, pod := range all.pods {
				if pod.Namespace == service.Namespace && pod.Spec.Subdomain == service.Name &&
					pod.Spec.Hostname+"."+full == name {
					return []string{pod.Status.PodIP}
				}
			}
		}
	}
	return lookUpEntry(name, proxy)
}

// lookUpEntry answers by the ServiceEntry of the name that the client's proxy knows, if it has an address: istiod tells
// the proxy names of no other (pkg/dns/server, BuildNameTable).
func lookUpEntry(name string, proxy *model.Proxy) []string {
	if proxy.SidecarScope == nil {
		return nil
	}
	service := proxy.SidecarScope.GetService(host.Name(name))
	if service == nil || service.Attributes.ServiceRegistry != provider.External ||
		service.DefaultAddress == constants.UnspecifiedIP {
		return nil
	}
	address, _, _ := strings.Cut(service.DefaultAddress, "/")
	return []string{address}
}
