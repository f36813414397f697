package main

import (
	"errors"
	"fmt"

	networking "istio.io/api/networking/v1alpha3"
	clientnetworking "istio.io/client-go/pkg/apis/networking/v1"
	"istio.io/istio/pkg/config"
	"istio.io/istio/pkg/config/schema/gvk"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// objects is a cluster's content, completed by the rules of builtin.go.
type objects struct {
	configs    []config.Config
	kubernetes []runtime.Object
	services   []*corev1.Service
	pods       []*corev1.Pod
	// owners is by a pod's NAMESPACE/NAME the KIND/NAMESPACE/NAME of the workload that it is of.
	owners     map[string]string
	configMaps []*corev1.ConfigMap
	// made are the addresses that no manifest holds, and what each stands for: a Service's host, or the owner of
	// a pod.
	made map[string]string
	// kubernetesGateways are those that istiod would run a proxy for.
	kubernetesGateways []*gatewayv1.Gateway
}

// readObjects reads manifests; an error says what the API server or istiod's webhook would refuse.
func readObjects(manifests []manifest) (*objects, error) {
	documents, err := readDocuments(manifests)
	if err != nil {
		return nil, err
	}
	all := &objects{owners: map[string]string{}, made: map[string]string{}}
	for _, each := range documents {
		if err := all.add(each); err != nil {
			return nil, fmt.Errorf("%s: %s %s/%s: %w", each.file, each.kind.Kind, each.namespace, each.name, err)
		}
	}
	all.complete()
	return all, nil
}

func (all *objects) add(each document) error {
	if wanted, known := isIstio(each.kind); known {
		read, err := toConfig(each, wanted)
		if err != nil {
			return err
		}
		all.configs = append(all.configs, read)
		if read.GroupVersionKind != gvk.ServiceEntry {
			return nil
		}
		// Gateway API routes look for them in the cluster itself.
		all.kubernetes = append(all.kubernetes, &clientnetworking.ServiceEntry{
			ObjectMeta: metav1.ObjectMeta{Name: read.Name, Namespace: read.Namespace, Labels: read.Labels},
			Spec:       *read.Spec.(*networking.ServiceEntry).DeepCopy(),
		})
		return nil
	}
	object, err := toObject(each)
	if err != nil || object == nil {
		return err
	}
	if object, err = defaultGatewayAPI(object); err != nil {
		return err
	}
	switch typed := object.(type) {
	case *corev1.Service:
		if err := errors.Join(refuseService(typed), defaultService(typed)); err != nil {
			return err
		}
		all.services = append(all.services, typed)
		return nil
	case *corev1.Pod:
		if err := refusePod(typed.Spec); err != nil {
			return err
		}
		all.addPod(typed, "pod/"+typed.Namespace+"/"+typed.Name)
		return nil
	case *appsv1.Deployment:
		if err := refuseWorkload(typed.Spec.Selector, typed.Spec.Template); err != nil {
			return err
		}
		all.addWorkload("deployment", typed.ObjectMeta, typed.Spec.Replicas, typed.Spec.Template)
		return nil
	case *appsv1.ReplicaSet:
		if err := refuseWorkload(typed.Spec.Selector, typed.Spec.Template); err != nil {
			return err
		}
		if len(typed.OwnerReferences) == 0 {
			all.addWorkload("replicaset", typed.ObjectMeta, typed.Spec.Replicas, typed.Spec.Template)
		}
		return nil
	case *appsv1.StatefulSet:
		if err := refuseWorkload(typed.Spec.Selector, typed.Spec.Template); err != nil {
			return err
		}
		template := *typed.Spec.Template.DeepCopy()
		template.Spec.Hostname = typed.Name + "-0"
		template.Spec.Subdomain = typed.Spec.ServiceName
		all.addWorkload("statefulset", typed.ObjectMeta, typed.Spec.Replicas, template)
		return nil
	case *discoveryv1.EndpointSlice:
		if err := refuseSlice(typed); err != nil {
			return err
		}
	case *corev1.ConfigMap:
		all.configMaps = append(all.configMaps, typed)
	case *gatewayv1.Gateway:
		all.kubernetesGateways = append(all.kubernetesGateways, typed)
	}
	all.kubernetes = append(all.kubernetes, object)
	return nil
}

func (all *objects) addWorkload(kind string, owner metav1.ObjectMeta, replicas *int32, template corev1.PodTemplateSpec) {
	if replicas != nil && *replicas == 0 {
		return
	}
	all.addPod(podOf(owner, template), kind+"/"+owner.Namespace+"/"+owner.Name)
}

func (all *objects) addPod(pod *corev1.Pod, owner string) {
	defaultPod(pod)
	all.pods = append(all.pods, pod)
	all.owners[pod.Namespace+"/"+pod.Name] = owner
}

// complete adds what a cluster would add by itself.
func (all *objects) complete() {
	number := 0
	for _, pod := range all.pods {
		if pod.Status.PodIP == "" {
			makeReady(pod, numbered(podNetwork, number))
			all.made[pod.Status.PodIP] = all.owners[pod.Namespace+"/"+pod.Name]
			number++
		}
	}
	number = 0
	for _, service := range all.services {
		if service.Spec.ClusterIP == "" && service.Spec.Type != corev1.ServiceTypeExternalName {
			setClusterIP(service, numbered("10.96", number))
			all.made[service.Spec.ClusterIP] = service.Name + "." + service.Namespace + ".svc." + domain
			number++
		}
	}
	for index, gateway := range all.kubernetesGateways {
		service, pod := routerOf(gateway, index)
		if service == nil {
			continue
		}
		all.services = append(all.services, service)
		all.addPod(pod, "gateway/"+gateway.Namespace+"/"+gateway.Name)
		all.made[service.Spec.ClusterIP] = service.Name + "." + service.Namespace + ".svc." + domain
		all.made[pod.Status.PodIP] = "gateway/" + gateway.Namespace + "/" + gateway.Name
	}
	for _, secret := range all.missingSecrets() {
		all.kubernetes = append(all.kubernetes, secret)
	}
	namespaces := map[string]bool{}
	for _, each := range all.kubernetes {
		if namespace, ok := each.(*corev1.Namespace); ok {
			namespaces[namespace.Name] = true
			nameLabel(namespace)
		}
	}
	need := func(name string) {
		if name == "" || namespaces[name] {
			return
		}
		namespaces[name] = true
		namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}
		nameLabel(namespace)
		all.kubernetes = append(all.kubernetes, namespace)
	}
	for _, each := range all.configs {
		need(each.Namespace)
	}
	for _, each := range all.kubernetes {
		if accessor, ok := each.(metav1.Object); ok {
			need(accessor.GetNamespace())
		}
	}
	for _, pod := range all.pods {
		need(pod.Namespace)
		all.kubernetes = append(all.kubernetes, pod)
	}
	for _, service := range all.services {
		need(service.Namespace)
		all.kubernetes = append(all.kubernetes, service)
		for _, slice := range slicesOf(service, all.pods) {
			all.kubernetes = append(all.kubernetes, slice)
		}
	}
	need("istio-system")
}

func nameLabel(namespace *corev1.Namespace) {
	if namespace.Labels == nil {
		namespace.Labels = map[string]string{}
	}
	namespace.Labels[corev1.LabelMetadataName] = namespace.Name
}

// podAt is the pod with the address, if one has it.
func (all *objects) podAt(address string) *corev1.Pod {
	for _, pod := range all.pods {
		if pod.Status.PodIP == address {
			return pod
		}
	}
	return nil
}

// readyAddresses are those of the Service's pods, as cluster DNS gives them for a headless one.
func (all *objects) readyAddresses(service *corev1.Service) []string {
	var addresses []string
	for _, each := range all.kubernetes {
		slice, ok := each.(*discoveryv1.EndpointSlice)
		if !ok || slice.Namespace != service.Namespace || slice.Labels[discoveryv1.LabelServiceName] != service.Name {
			continue
		}
		for _, endpoint := range slice.Endpoints {
			if endpoint.Conditions.Ready == nil || *endpoint.Conditions.Ready {
				addresses = append(addresses, endpoint.Addresses...)
			}
		}
	}
	return addresses
}
