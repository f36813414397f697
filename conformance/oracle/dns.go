package main

import (
	"net/netip"
	"strings"

	networking "istio.io/api/networking/v1alpha3"
	"istio.io/istio/pkg/config/schema/gvk"
	corev1 "k8s.io/api/core/v1"
)

// resolve gives the addresses that a client in the namespace dials for a host, the first of them first. The search list is
// a pod's: NAMESPACE.svc.cluster.local, svc.cluster.local, cluster.local, then the name as it is.
func (all *objects) resolve(host, namespace string) []string {
	return all.resolveWithin(host, namespace, 8)
}

func (all *objects) resolveWithin(host, namespace string, aliases int) []string {
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
	for _, name := range searchList(host, namespace) {
		if found := all.lookUp(name, namespace, aliases); found != nil {
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
func (all *objects) lookUp(name, namespace string, aliases int) []string {
	for _, service := range all.services {
		full := strings.ToLower(service.Name + "." + service.Namespace + ".svc." + domain)
		switch {
		case name == full && service.Spec.Type == corev1.ServiceTypeExternalName:
			return all.resolveWithin(service.Spec.ExternalName+".", namespace, aliases-1)
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
	return all.lookUpEntry(name, namespace)
}

// lookUpEntry answers by the first ServiceEntry that gives the name an address, one of the client's own namespace before
// all others: that is the one its proxy knows (istio: sidecar.go, selectServices).
func (all *objects) lookUpEntry(name, namespace string) []string {
	var found []string
	for _, each := range all.configs {
		entry, ok := each.Spec.(*networking.ServiceEntry)
		if !ok || each.GroupVersionKind != gvk.ServiceEntry || len(entry.Addresses) == 0 {
			continue
		}
		for _, host := range entry.Hosts {
			if !strings.EqualFold(host, name) || (found != nil && each.Namespace != namespace) {
				continue
			}
			found = []string{strings.SplitN(entry.Addresses[0], "/", 2)[0]}
			if each.Namespace == namespace {
				return found
			}
		}
	}
	return found
}
