package main

// What a cluster adds to manifests, made up by a fixed rule so that the same manifests give the same world.
// packages/routing follows the same rule where it needs an address.
//
// Objects are counted in the order in which they stand: file by file as given, document by document. An object
// that is written twice keeps its first place and has its last content, as with `kubectl apply`.
//
//   - A Service that is neither headless nor an ExternalName and has no clusterIP gets one: the nth of them,
//     from 0, 10.96.(n / 250).(n % 250 + 1).
//   - A Deployment, StatefulSet or ReplicaSet is one pod, ready, however many replicas it asks for, and none
//     where it asks for 0. The pod is called as its owner, with `-0` behind it.
//   - A pod without status.podIP gets one and is ready: the nth of those and of the pods above,
//     10.1.(n / 250).(n % 250 + 1).
//   - An Istio Gateway whose selector fits no pod of its namespace has a router pod with the selector's labels:
//     for the nth Gateway (of all) it is 10.2.(n / 250).(n % 250 + 1). Services of the namespace may select it.
//   - A Kubernetes Gateway has what istiod's deployment controller makes: a Service and a pod called
//     `NAME-CLASS`, the pod at 10.3.(n / 250).(n % 250 + 1), the Service at 10.97.(n / 250).(n % 250 + 1).
//   - A Secret that a listener of a Kubernetes Gateway names is there, with a certificate.
//   - A Service with a selector has an EndpointSlice for each pod of its namespace that the selector fits.
//   - Every namespace that is named exists.
//   - A name that cluster DNS does not know resolves to 198.51.100.1, which is no pod's.

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"
)

const outsideAddress = "198.51.100.1"

// podNetwork is where pods are. Only where real sockets are used is it another one.
var podNetwork = "10.1"

// numbered is the nth address of a range of 250 x 250.
func numbered(network string, n int) string {
	return fmt.Sprintf("%s.%d.%d", network, n/250, n%250+1)
}

// podOf is the one pod of a workload.
func podOf(owner metav1.ObjectMeta, template corev1.PodTemplateSpec) *corev1.Pod {
	pod := &corev1.Pod{ObjectMeta: *template.ObjectMeta.DeepCopy(), Spec: *template.Spec.DeepCopy()}
	pod.Name = owner.Name + "-0"
	pod.Namespace = owner.Namespace
	return pod
}

// makeReady puts a pod at an address, ready for requests.
func makeReady(pod *corev1.Pod, address string) {
	pod.Status.PodIP = address
	pod.Status.PodIPs = []corev1.PodIP{{IP: address}}
	pod.Status.Phase = corev1.PodRunning
	pod.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}}
}

func isReady(pod *corev1.Pod) bool {
	for _, condition := range pod.Status.Conditions {
		if condition.Type == corev1.PodReady {
			return condition.Status == corev1.ConditionTrue
		}
	}
	return false
}

func selects(selector map[string]string, pod *corev1.Pod) bool {
	return labels.SelectorFromSet(selector).Matches(labels.Set(pod.Labels))
}

// slicesOf are the EndpointSlices that Kubernetes' controller would keep for the Service, one for each pod.
func slicesOf(service *corev1.Service, pods []*corev1.Pod) []*discoveryv1.EndpointSlice {
	if len(service.Spec.Selector) == 0 || service.Spec.Type == corev1.ServiceTypeExternalName {
		return nil
	}
	var slices []*discoveryv1.EndpointSlice
	for _, pod := range pods {
		if pod.Namespace != service.Namespace || !selects(service.Spec.Selector, pod) {
			continue
		}
		slices = append(slices, sliceOf(service, pod))
	}
	return slices
}

func sliceOf(service *corev1.Service, pod *corev1.Pod) *discoveryv1.EndpointSlice {
	ready := isReady(pod) || service.Spec.PublishNotReadyAddresses
	slice := &discoveryv1.EndpointSlice{
		ObjectMeta: metav1.ObjectMeta{
			Name:      service.Name + "-" + pod.Name,
			Namespace: service.Namespace,
			Labels:    map[string]string{discoveryv1.LabelServiceName: service.Name},
		},
		AddressType: discoveryv1.AddressTypeIPv4,
		Endpoints: []discoveryv1.Endpoint{{
			Addresses:  []string{pod.Status.PodIP},
			Conditions: discoveryv1.EndpointConditions{Ready: &ready, Serving: &ready},
			TargetRef:  &corev1.ObjectReference{Kind: "Pod", Name: pod.Name, Namespace: pod.Namespace},
		}},
	}
	if strings.Contains(pod.Status.PodIP, ":") {
		slice.AddressType = discoveryv1.AddressTypeIPv6
	}
	if service.Spec.ClusterIP == corev1.ClusterIPNone {
		slice.Labels[corev1.IsHeadlessService] = ""
	}
	for _, port := range service.Spec.Ports {
		number, found := targetPortOf(port, pod)
		if !found {
			continue
		}
		name, transport, application := port.Name, port.Protocol, port.AppProtocol
		slice.Ports = append(slice.Ports, discoveryv1.EndpointPort{
			Name: &name, Protocol: &transport, Port: &number, AppProtocol: application,
		})
	}
	return slice
}

// targetPortOf is the port of the pod that the Service's port leads to; a name that no container has leads
// nowhere.
func targetPortOf(port corev1.ServicePort, pod *corev1.Pod) (int32, bool) {
	if port.TargetPort.Type == intstr.Int {
		return port.TargetPort.IntVal, true
	}
	for _, container := range pod.Spec.Containers {
		for _, each := range container.Ports {
			protocol := each.Protocol
			if protocol == "" {
				protocol = corev1.ProtocolTCP
			}
			if each.Name == port.TargetPort.StrVal && protocol == port.Protocol {
				return each.ContainerPort, true
			}
		}
	}
	return 0, false
}
