package main

// The API server's defaults: the fake clients hold what they are given.

import (
	"errors"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gatewayv1beta1 "sigs.k8s.io/gateway-api/apis/v1beta1"
)

func defaultService(service *corev1.Service) error {
	spec := &service.Spec
	if spec.Type == "" {
		spec.Type = corev1.ServiceTypeClusterIP
	}
	if spec.ClusterIP == "" && len(spec.ClusterIPs) > 0 {
		spec.ClusterIP = spec.ClusterIPs[0]
	}
	if spec.ClusterIP != "" && len(spec.ClusterIPs) == 0 {
		spec.ClusterIPs = []string{spec.ClusterIP}
	}
	if len(spec.Ports) == 0 && spec.Type != corev1.ServiceTypeExternalName && spec.ClusterIP != corev1.ClusterIPNone {
		return errors.New("spec.ports: a Service needs a port")
	}
	names := map[string]bool{}
	for index := range spec.Ports {
		port := &spec.Ports[index]
		if port.Name == "" && len(spec.Ports) > 1 {
			return errors.New("spec.ports: with several ports each needs a name")
		}
		if names[port.Name] {
			return fmt.Errorf("spec.ports: two are called %q", port.Name)
		}
		names[port.Name] = true
		if port.Protocol == "" {
			port.Protocol = corev1.ProtocolTCP
		}
		if port.TargetPort == (intstr.IntOrString{}) {
			port.TargetPort = intstr.FromInt32(port.Port)
		}
	}
	return nil
}

func defaultPod(pod *corev1.Pod) {
	for _, container := range pod.Spec.Containers {
		for index := range container.Ports {
			if container.Ports[index].Protocol == "" {
				container.Ports[index].Protocol = corev1.ProtocolTCP
			}
		}
	}
}

func setClusterIP(service *corev1.Service, address string) {
	service.Spec.ClusterIP = address
	service.Spec.ClusterIPs = []string{address}
}

// routerOf is the Service and the pod that istiod's deployment controller makes for a Kubernetes Gateway; none
// where spec.addresses says that a Service of that name is there already.
func routerOf(gateway *gatewayv1.Gateway, index int) (*corev1.Service, *corev1.Pod) {
	for _, address := range gateway.Spec.Addresses {
		if address.Type != nil && *address.Type == gatewayv1.HostnameAddressType {
			return nil, nil
		}
	}
	if gateway.Spec.GatewayClassName != "istio" {
		return nil, nil
	}
	name := gateway.Name + "-" + string(gateway.Spec.GatewayClassName)
	if override := gateway.Annotations["gateway.istio.io/name-override"]; override != "" {
		name = override
	}
	labels := map[string]string{
		"gateway.networking.k8s.io/gateway-name":       gateway.Name,
		"gateway.networking.k8s.io/gateway-class-name": string(gateway.Spec.GatewayClassName),
		"service.istio.io/canonical-name":              name,
		"service.istio.io/canonical-revision":          "latest",
	}
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: name + "-0", Namespace: gateway.Namespace, Labels: labels}}
	makeReady(pod, numbered("10.3", index))
	service := &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: gateway.Namespace, Labels: labels},
		Spec: corev1.ServiceSpec{
			Type:     corev1.ServiceTypeLoadBalancer,
			Selector: map[string]string{"gateway.networking.k8s.io/gateway-name": gateway.Name},
		},
	}
	setClusterIP(service, numbered("10.97", index))
	service.Spec.Ports = routerPorts(gateway)
	return service, pod
}

// defaultGatewayAPI writes the defaults of the Gateway API's CRDs into the object. What is written in an older
// served version is given as the storage version.
func defaultGatewayAPI(object runtime.Object) (runtime.Object, error) {
	switch typed := object.(type) {
	case *gatewayv1beta1.Gateway:
		newer := gatewayv1.Gateway(*typed)
		newer.APIVersion = gatewayv1.GroupVersion.String()
		return defaultGatewayAPI(&newer)
	case *gatewayv1beta1.HTTPRoute:
		newer := gatewayv1.HTTPRoute(*typed)
		newer.APIVersion = gatewayv1.GroupVersion.String()
		return defaultGatewayAPI(&newer)
	case *gatewayv1.Gateway:
		defaultGateway(typed)
	case *gatewayv1.HTTPRoute:
		defaultHTTPRoute(typed)
	case *gatewayv1.GRPCRoute:
		defaultGRPCRoute(typed)
	}
	return object, nil
}

func setDefault[T any](field **T, value T) {
	if *field == nil {
		*field = &value
	}
}

func defaultGateway(gateway *gatewayv1.Gateway) {
	for index := range gateway.Spec.Listeners {
		listener := &gateway.Spec.Listeners[index]
		setDefault(&listener.AllowedRoutes, gatewayv1.AllowedRoutes{})
		setDefault(&listener.AllowedRoutes.Namespaces, gatewayv1.RouteNamespaces{})
		setDefault(&listener.AllowedRoutes.Namespaces.From, gatewayv1.NamespacesFromSame)
		for kind := range listener.AllowedRoutes.Kinds {
			setDefault(&listener.AllowedRoutes.Kinds[kind].Group, gatewayv1.Group(gatewayv1.GroupName))
		}
		if listener.TLS != nil {
			setDefault(&listener.TLS.Mode, gatewayv1.TLSModeTerminate)
			for certificate := range listener.TLS.CertificateRefs {
				setDefault(&listener.TLS.CertificateRefs[certificate].Group, gatewayv1.Group(""))
				setDefault(&listener.TLS.CertificateRefs[certificate].Kind, gatewayv1.Kind("Secret"))
			}
		}
	}
}

func defaultParents(parents []gatewayv1.ParentReference) {
	for index := range parents {
		setDefault(&parents[index].Group, gatewayv1.Group(gatewayv1.GroupName))
		setDefault(&parents[index].Kind, gatewayv1.Kind("Gateway"))
	}
}

func defaultBackend(backend *gatewayv1.BackendRef) {
	defaultObjectReference(&backend.BackendObjectReference)
	setDefault(&backend.Weight, int32(1))
}

func defaultObjectReference(reference *gatewayv1.BackendObjectReference) {
	setDefault(&reference.Group, gatewayv1.Group(""))
	setDefault(&reference.Kind, gatewayv1.Kind("Service"))
}

func defaultHTTPRoute(route *gatewayv1.HTTPRoute) {
	defaultParents(route.Spec.ParentRefs)
	if len(route.Spec.Rules) == 0 {
		route.Spec.Rules = []gatewayv1.HTTPRouteRule{{}}
	}
	for index := range route.Spec.Rules {
		rule := &route.Spec.Rules[index]
		if len(rule.Matches) == 0 {
			rule.Matches = []gatewayv1.HTTPRouteMatch{{}}
		}
		for each := range rule.Matches {
			match := &rule.Matches[each]
			setDefault(&match.Path, gatewayv1.HTTPPathMatch{})
			setDefault(&match.Path.Type, gatewayv1.PathMatchPathPrefix)
			setDefault(&match.Path.Value, "/")
			for header := range match.Headers {
				setDefault(&match.Headers[header].Type, gatewayv1.HeaderMatchExact)
			}
			for query := range match.QueryParams {
				setDefault(&match.QueryParams[query].Type, gatewayv1.QueryParamMatchExact)
			}
		}
		defaultHTTPFilters(rule.Filters)
		for backend := range rule.BackendRefs {
			defaultBackend(&rule.BackendRefs[backend].BackendRef)
			defaultHTTPFilters(rule.BackendRefs[backend].Filters)
		}
	}
}

func defaultHTTPFilters(filters []gatewayv1.HTTPRouteFilter) {
	for index := range filters {
		if filters[index].RequestRedirect != nil {
			setDefault(&filters[index].RequestRedirect.StatusCode, 302)
		}
		if filters[index].RequestMirror != nil {
			defaultObjectReference(&filters[index].RequestMirror.BackendRef)
		}
	}
}

func defaultGRPCRoute(route *gatewayv1.GRPCRoute) {
	defaultParents(route.Spec.ParentRefs)
	for index := range route.Spec.Rules {
		rule := &route.Spec.Rules[index]
		for each := range rule.Matches {
			match := &rule.Matches[each]
			if match.Method != nil {
				setDefault(&match.Method.Type, gatewayv1.GRPCMethodMatchExact)
			}
			for header := range match.Headers {
				setDefault(&match.Headers[header].Type, gatewayv1.GRPCHeaderMatchExact)
			}
		}
		defaultGRPCFilters(rule.Filters)
		for backend := range rule.BackendRefs {
			defaultBackend(&rule.BackendRefs[backend].BackendRef)
			defaultGRPCFilters(rule.BackendRefs[backend].Filters)
		}
	}
}

func defaultGRPCFilters(filters []gatewayv1.GRPCRouteFilter) {
	for index := range filters {
		if filters[index].RequestMirror != nil {
			defaultObjectReference(&filters[index].RequestMirror.BackendRef)
		}
	}
}

// routerPorts are the ports of a router's Service, as istiod's controller makes them (deploymentcontroller.go,
// extractServicePorts).
func routerPorts(gateway *gatewayv1.Gateway) []corev1.ServicePort {
	var ports []corev1.ServicePort
	names, numbers := map[string]bool{}, map[int32]bool{}
	add := func(name string, port int32, application string) {
		names[name] = true
		ports = append(ports, corev1.ServicePort{
			Name: name, Port: port, Protocol: corev1.ProtocolTCP, AppProtocol: &application,
			TargetPort: intstr.FromInt32(port),
		})
	}
	add("status-port", 15021, "tcp")
	for _, listener := range gateway.Spec.Listeners {
		port := int32(listener.Port)
		if numbers[port] {
			continue
		}
		numbers[port] = true
		name := strings.ReplaceAll(string(listener.Name), ".", "-")
		name = name[:min(len(name), 63)]
		if suffix := fmt.Sprintf("-%d", port); names[name] {
			name = name[:min(len(name), 63-len(suffix))] + suffix
		}
		add(name, port, strings.ToLower(string(listener.Protocol)))
	}
	return ports
}
