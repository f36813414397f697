package main

// What the API server refuses of Kubernetes' own kinds, as far as worlds of the fuzzer could get it wrong by what
// they leave out: its validation is no module of its own.

import (
	"errors"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

func refuseService(service *corev1.Service) error {
	if service.Spec.Type == corev1.ServiceTypeExternalName && service.Spec.ExternalName == "" {
		return errors.New("spec.externalName: an ExternalName needs one")
	}
	for _, port := range service.Spec.Ports {
		if port.Port < 1 || port.Port > 65535 {
			return fmt.Errorf("spec.ports: %d is no port", port.Port)
		}
	}
	return nil
}

func refuseWorkload(selector *metav1.LabelSelector, template corev1.PodTemplateSpec) error {
	if selector == nil {
		return errors.New("spec.selector: a workload needs one")
	}
	wanted, err := metav1.LabelSelectorAsSelector(selector)
	if err != nil {
		return fmt.Errorf("spec.selector: %w", err)
	}
	if wanted.Empty() || !wanted.Matches(labels.Set(template.Labels)) {
		return errors.New("spec.selector: does not fit the labels of spec.template")
	}
	return refusePod(template.Spec)
}

func refusePod(spec corev1.PodSpec) error {
	if len(spec.Containers) == 0 {
		return errors.New("spec.containers: a pod needs one")
	}
	for _, container := range spec.Containers {
		if container.Name == "" {
			return errors.New("spec.containers: one has no name")
		}
		if container.Image == "" {
			return fmt.Errorf("spec.containers: %s has no image", container.Name)
		}
		for _, port := range container.Ports {
			if port.ContainerPort < 1 || port.ContainerPort > 65535 {
				return fmt.Errorf("spec.containers: %d is no port", port.ContainerPort)
			}
		}
	}
	return nil
}

func refuseSlice(slice *discoveryv1.EndpointSlice) error {
	if slice.AddressType == "" {
		return errors.New("addressType: an EndpointSlice needs one")
	}
	for _, endpoint := range slice.Endpoints {
		if len(endpoint.Addresses) == 0 {
			return errors.New("endpoints: one has no address")
		}
	}
	return nil
}
