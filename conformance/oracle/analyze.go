package main

import (
	"encoding/json"
	"fmt"
	"sort"
	"strings"

	"istio.io/istio/pkg/config/analysis/analyzers"
	"istio.io/istio/pkg/config/analysis/analyzers/injection"
	"istio.io/istio/pkg/config/analysis/analyzers/util"
	"istio.io/istio/pkg/config/analysis/diag"
	"istio.io/istio/pkg/config/analysis/local"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// What a cluster adds to manifests, as far as the analyzers see it. packages/routing/src/lint follows the same
// rules:
//
//   - A workload that asks for replicas is one pod (builtin.go); where the namespace or the pod asks for
//     injection, the pod has the sidecar that the webhook would have added.
//   - Manifests that hold no router of their own (a pod with a label `istio`, or of the injection template
//     `gateway`) are for a cluster that has one: each Istio Gateway is then configured on a pod with its
//     selector's labels, behind a Service with its ports.
//   - A Service port has a protocol and a target port, as the API server writes them down.
//   - Manifests without any Secret are for a cluster that gets its Secrets from elsewhere: nothing is said about
//     those that are missing.
//
// What is said about a made-up pod is said about its workload; about a made-up router nothing is said.

type analyzeQuestion struct {
	ID         string     `json:"id"`
	Manifests  []manifest `json:"manifests"`
	MeshConfig *string    `json:"meshConfig"`
}

type analyzeAnswer struct {
	ID       string           `json:"id"`
	Rejected *string          `json:"rejected"`
	Messages []analyzeMessage `json:"messages"`
}

type analyzeMessage struct {
	Code      string `json:"code"`
	Level     string `json:"level"`
	Kind      string `json:"kind"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	Message   string `json:"message"`
}

// analyze runs every analyzer of istioctl over each line's manifests, with no kind left out.
func analyze([]string) error {
	quieten()
	return eachLine(1, func(in analyzeQuestion) (out analyzeAnswer) {
		out = analyzeAnswer{ID: in.ID, Messages: []analyzeMessage{}}
		defer func() {
			if crashed := recover(); crashed != nil {
				text := fmt.Sprintf("crashed: %v", crashed)
				out.Rejected = &text
			}
		}()
		world, messages, err := analyzeManifests(in)
		if err != nil {
			text := err.Error()
			out.Rejected = &text
			return out
		}
		for _, each := range messages {
			if message, said := world.place(toMessage(each)); said {
				out.Messages = append(out.Messages, message)
			}
		}
		return out
	})
}

func analyzeManifests(in analyzeQuestion) (*completion, diag.Messages, error) {
	documents, err := readDocuments(in.Manifests)
	if err != nil {
		return nil, nil, err
	}
	world, err := complete(documents)
	if err != nil {
		return nil, nil, err
	}
	analyzer := local.NewSourceAnalyzer(analyzers.AllCombined(), "", "istio-system", nil)
	meshConfig := in.MeshConfig
	if meshConfig == nil {
		meshConfig = world.meshConfig
	}
	if meshConfig != nil {
		file, remove, err := temporary(*meshConfig)
		if err != nil {
			return nil, nil, err
		}
		defer remove()
		if err := analyzer.AddFileKubeMeshConfig(file); err != nil {
			return nil, nil, err
		}
	}
	source := local.ReaderSource{Name: "manifests", Reader: strings.NewReader(strings.Join(world.objects, "\n---\n"))}
	if err := analyzer.AddTestReaderKubeSource([]local.ReaderSource{source}); err != nil {
		return nil, nil, err
	}
	cancel := make(chan struct{})
	defer close(cancel)
	result, err := analyzer.Analyze(cancel)
	if err != nil {
		return nil, nil, err
	}
	return world, result.Messages, nil
}

func toMessage(each diag.Message) analyzeMessage {
	message := analyzeMessage{
		Code:    each.Type.Code(),
		Level:   strings.ToLower(each.Type.Level().String()),
		Message: fmt.Sprintf(each.Type.Template(), each.Parameters...),
	}
	if each.Resource != nil {
		metadata := each.Resource.Metadata
		message.Kind = metadata.Schema.Kind()
		message.Namespace = string(metadata.FullName.Namespace)
		message.Name = string(metadata.FullName.Name)
	}
	return message
}

// completion is what the manifests hold and what a cluster adds.
type completion struct {
	// each one JSON object
	objects []string
	// the workload of each pod that was made up
	owners map[object]object
	// pods and Services of routers that were made up
	routers    map[object]bool
	hasSecrets bool
	// that of the ConfigMap `istio`
	meshConfig *string
}

type object struct{ kind, namespace, name string }

// place says about what of the manifests a message is; false where it is about nothing in them.
func (c *completion) place(message analyzeMessage) (analyzeMessage, bool) {
	about := object{message.Kind, message.Namespace, message.Name}
	if c.routers[about] {
		return message, false
	}
	if message.Code == "IST0101" && strings.Contains(message.Message, "credentialName") && !c.hasSecrets {
		return message, false
	}
	if owner, made := c.owners[about]; made {
		message.Kind, message.Name = owner.kind, owner.name
	}
	return message, true
}

func complete(documents []document) (*completion, error) {
	world := &completion{owners: map[object]object{}, routers: map[object]bool{}}
	namespaces := map[string]map[string]string{}
	injectors := map[string]string{}
	for _, each := range documents {
		if each.kind.GroupKind().String() == "ConfigMap" {
			var read corev1.ConfigMap
			if err := json.Unmarshal(each.json, &read); err != nil {
				return nil, err
			}
			if strings.HasPrefix(each.name, util.InjectionConfigMap) {
				injectors[each.name] = injection.GetIstioProxyImage(&read)
			}
			if each.namespace == "istio-system" && each.name == "istio" {
				text := read.Data["mesh"]
				world.meshConfig = &text
			}
		}
		if each.kind.GroupKind().String() == "Namespace" {
			var namespace corev1.Namespace
			if err := json.Unmarshal(each.json, &namespace); err != nil {
				return nil, err
			}
			namespaces[each.name] = namespace.Labels
		}
	}
	var pods []*corev1.Pod
	var gateways []gatewayShape
	for _, each := range documents {
		text, err := asServed(each)
		if err != nil {
			return nil, err
		}
		world.objects = append(world.objects, text)
		pod, err := podIn(each)
		if err != nil {
			return nil, fmt.Errorf("%s %s/%s: %w", each.kind.Kind, each.namespace, each.name, err)
		}
		if pod != nil {
			pods = append(pods, pod)
			if each.kind.Kind != "Pod" {
				inject(pod, namespaces[each.namespace], injectors)
				world.objects = append(world.objects, toJSON(pod))
				made := object{"Pod", pod.Namespace, pod.Name}
				world.owners[made] = object{each.kind.Kind, each.namespace, each.name}
			}
		}
		switch each.kind.GroupKind().String() {
		case "Secret":
			world.hasSecrets = true
		case "Gateway.networking.istio.io":
			gateway := gatewayShape{namespace: each.namespace, name: each.name}
			if err := json.Unmarshal(each.json, &gateway); err != nil {
				return nil, err
			}
			gateways = append(gateways, gateway)
		}
	}
	if !holdsRouter(pods) {
		for _, gateway := range gateways {
			world.objects = append(world.objects, gateway.router()...)
			name := gateway.name + "-router"
			world.routers[object{"Pod", gateway.namespace, name}] = true
			world.routers[object{"Service", gateway.namespace, name}] = true
		}
	}
	return world, nil
}

// podIn is the pod that the document is, or the one of the workload that it is.
func podIn(each document) (*corev1.Pod, error) {
	switch each.kind.GroupKind().String() {
	case "Pod":
		pod := &corev1.Pod{}
		if err := json.Unmarshal(each.json, pod); err != nil {
			return nil, err
		}
		pod.Namespace = each.namespace
		return pod, nil
	case "Deployment.apps", "StatefulSet.apps", "ReplicaSet.apps", "DaemonSet.apps":
		// Of these, the fields that matter have one shape.
		workload := appsv1.Deployment{}
		if err := json.Unmarshal(each.json, &workload); err != nil {
			return nil, err
		}
		workload.Namespace = each.namespace
		if replicas := workload.Spec.Replicas; replicas != nil && *replicas == 0 {
			return nil, nil
		}
		return podOf(workload.ObjectMeta, workload.Spec.Template), nil
	}
	return nil, nil
}

// inject adds the sidecar that Istio's webhook would add, with the image that its ConfigMap says.
func inject(pod *corev1.Pod, namespace map[string]string, injectors map[string]string) {
	image := injectors[util.GetInjectorConfigMapName(namespace["istio.io/rev"])]
	if image == "" {
		image = "proxyv2"
	}
	wanted, said := pod.Labels["sidecar.istio.io/inject"]
	if !said {
		wanted, said = pod.Annotations["sidecar.istio.io/inject"]
	}
	enabled := namespace["istio-injection"] == "enabled" || namespace["istio.io/rev"] != ""
	if strings.EqualFold(wanted, "false") || (!said && !enabled) || pod.Spec.HostNetwork {
		return
	}
	for i := range pod.Spec.Containers {
		if pod.Spec.Containers[i].Name == "istio-proxy" {
			pod.Spec.Containers[i].Image = image
			return
		}
	}
	pod.Spec.Containers = append(pod.Spec.Containers, corev1.Container{Name: "istio-proxy", Image: image})
}

func holdsRouter(pods []*corev1.Pod) bool {
	for _, pod := range pods {
		if _, labelled := pod.Labels["istio"]; labelled || pod.Annotations["inject.istio.io/templates"] == "gateway" {
			return true
		}
	}
	return false
}

type gatewayShape struct {
	namespace, name string
	Spec            struct {
		Selector map[string]string `json:"selector"`
		Servers  []struct {
			Port struct {
				Number int32 `json:"number"`
			} `json:"port"`
		} `json:"servers"`
	} `json:"spec"`
}

// router is the pod on which the Gateway is configured, and the Service in front of it.
func (g gatewayShape) router() []string {
	name := g.name + "-router"
	labels := map[string]string{}
	for key, value := range g.Spec.Selector {
		labels[key] = value
	}
	// Of this router's own, so that its Service selects no other pod.
	labels["router"] = name
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: g.namespace, Labels: labels},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "istio-proxy", Image: "proxyv2"}}},
	}
	service := &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: g.namespace, Labels: map[string]string{"istio": "router"}},
		Spec:       corev1.ServiceSpec{Selector: map[string]string{"router": name}},
	}
	ports := map[int32]bool{}
	for _, server := range g.Spec.Servers {
		ports[server.Port.Number] = true
	}
	numbers := make([]int, 0, len(ports))
	for port := range ports {
		numbers = append(numbers, int(port))
	}
	sort.Ints(numbers)
	for _, port := range numbers {
		service.Spec.Ports = append(service.Spec.Ports, corev1.ServicePort{
			Name: fmt.Sprintf("http-%d", port), Port: int32(port), Protocol: corev1.ProtocolTCP,
			TargetPort: intstr.FromInt32(int32(port)),
		})
	}
	return []string{toJSON(pod), toJSON(service)}
}

// asServed writes down what the API server would: the namespace, and a Service port's protocol and target.
func asServed(each document) (string, error) {
	object := map[string]any{}
	if err := json.Unmarshal(each.json, &object); err != nil {
		return "", err
	}
	if metadata, ok := object["metadata"].(map[string]any); ok && each.namespace != "" {
		metadata["namespace"] = each.namespace
	}
	if each.kind.GroupKind().String() == "Service" {
		spec, _ := object["spec"].(map[string]any)
		ports, _ := spec["ports"].([]any)
		for _, one := range ports {
			port, ok := one.(map[string]any)
			if !ok {
				continue
			}
			if port["protocol"] == nil {
				port["protocol"] = "TCP"
			}
			if port["targetPort"] == nil {
				port["targetPort"] = port["port"]
			}
		}
	}
	text, err := json.Marshal(object)
	return string(text), err
}

func toJSON(object runtime.Object) string {
	switch object.(type) {
	case *corev1.Pod:
		object.GetObjectKind().SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind("Pod"))
	case *corev1.Service:
		object.GetObjectKind().SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind("Service"))
	}
	text, err := json.Marshal(object)
	if err != nil {
		// Types of the client always marshal.
		panic(err)
	}
	return string(text)
}
