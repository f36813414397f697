package main

// Envoy's search for the virtual host (envoy: source/common/router/config_impl.cc).

import (
	"fmt"
	"strings"

	route "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
)

// refusal says why Envoy would not take the route configuration; nil where it would.
func refusal(config *route.RouteConfiguration) error {
	names, domains := map[string]bool{}, map[string]bool{}
	for _, host := range config.VirtualHosts {
		if names[host.Name] {
			return fmt.Errorf("Envoy refuses %s: two virtual hosts are called %s", config.Name, host.Name)
		}
		names[host.Name] = true
		for _, each := range host.Domains {
			lower := strings.ToLower(each)
			if domains[lower] {
				return fmt.Errorf("Envoy refuses %s: two virtual hosts have the domain %s", config.Name, lower)
			}
			domains[lower] = true
		}
	}
	return nil
}

func findVirtualHost(config *route.RouteConfiguration, authority string) *route.VirtualHost {
	host := strings.ToLower(authority)
	if config.IgnorePortInHostMatching {
		host = withoutPort(host)
	}
	var exact, suffix, prefix, any *route.VirtualHost
	longestSuffix, longestPrefix := 0, 0
	for _, each := range config.VirtualHosts {
		for _, written := range each.Domains {
			wanted := strings.ToLower(written)
			switch {
			case wanted == "*":
				any = each
			case strings.HasPrefix(wanted, "*"):
				// Longer than what the asterisk stands before.
				if rest := wanted[1:]; len(host) > len(rest) && strings.HasSuffix(host, rest) && len(rest) > longestSuffix {
					suffix, longestSuffix = each, len(rest)
				}
			case strings.HasSuffix(wanted, "*"):
				if rest := wanted[:len(wanted)-1]; len(host) > len(rest) && strings.HasPrefix(host, rest) && len(rest) > longestPrefix {
					prefix, longestPrefix = each, len(rest)
				}
			case wanted == host:
				exact = each
			}
		}
	}
	for _, found := range []*route.VirtualHost{exact, suffix, prefix} {
		if found != nil {
			return found
		}
	}
	return any
}

// withoutPort leaves an IPv6 address whole.
func withoutPort(authority string) string {
	colon := strings.LastIndex(authority, ":")
	if colon < 0 || strings.Trim(authority[colon+1:], "0123456789") != "" {
		return authority
	}
	if strings.Contains(authority[:colon], ":") && !strings.HasSuffix(authority[:colon], "]") {
		return authority
	}
	return authority[:colon]
}
