package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	meshconfig "istio.io/api/mesh/v1alpha1"
	"istio.io/istio/pilot/pkg/config/kube/crd"
	"istio.io/istio/pkg/config"
	"istio.io/istio/pkg/config/mesh"
	"istio.io/istio/pkg/config/schema/collections"
	"istio.io/istio/pkg/config/schema/resource"
	kubelib "istio.io/istio/pkg/kube"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	kubeyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

const domain = "cluster.local"

type manifest struct {
	File string `json:"file"`
	Text string `json:"text"`
}

// document is one object as it was written.
type document struct {
	file string
	kind schema.GroupVersionKind
	name string
	// default where a namespaced object names none
	namespace string
	json      []byte
}

// readDocuments reads all objects in order, `kind: List` opened. An object that is written twice keeps its first
// place and has its last content.
func readDocuments(manifests []manifest) ([]document, error) {
	var documents []document
	places := map[string]int{}
	for _, one := range manifests {
		reader := kubeyaml.NewYAMLReader(newLineReader(one.Text))
		for {
			text, err := reader.Read()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return nil, fmt.Errorf("%s: %w", one.File, err)
			}
			raw, err := yaml.YAMLToJSONStrict(text)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", one.File, err)
			}
			found, err := openDocument(one.File, raw)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", one.File, err)
			}
			for _, each := range found {
				key := strings.Join([]string{each.kind.Group, each.kind.Kind, each.namespace, each.name}, " ")
				if place, known := places[key]; known {
					documents[place] = each
					continue
				}
				places[key] = len(documents)
				documents = append(documents, each)
			}
		}
	}
	return documents, nil
}

func openDocument(file string, raw []byte) ([]document, error) {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || bytes.Equal(raw, []byte("null")) {
		return nil, nil
	}
	var head struct {
		metav1.TypeMeta `json:",inline"`
		Metadata        struct {
			Name      string `json:"name"`
			Namespace string `json:"namespace"`
		} `json:"metadata"`
		Items []json.RawMessage `json:"items"`
	}
	if err := json.Unmarshal(raw, &head); err != nil {
		return nil, err
	}
	if head.Kind == "List" {
		var all []document
		for _, item := range head.Items {
			found, err := openDocument(file, item)
			if err != nil {
				return nil, err
			}
			all = append(all, found...)
		}
		return all, nil
	}
	if head.Kind == "" || head.APIVersion == "" {
		return nil, errors.New("an object without kind or apiVersion")
	}
	kind := schema.FromAPIVersionAndKind(head.APIVersion, head.Kind)
	namespace := head.Metadata.Namespace
	if namespace == "" && !isClusterScoped(kind) {
		namespace = metav1.NamespaceDefault
	}
	return []document{{file: file, kind: kind, name: head.Metadata.Name, namespace: namespace, json: raw}}, nil
}

func isClusterScoped(kind schema.GroupVersionKind) bool {
	return kind.Kind == "Namespace" || kind.Kind == "GatewayClass" || kind.Kind == "Node"
}

// isIstio tells Istio's own kinds, which the config store takes, from those that the Kubernetes client has.
func isIstio(kind schema.GroupVersionKind) (resource.Schema, bool) {
	if !strings.HasSuffix(kind.Group, ".istio.io") {
		return nil, false
	}
	return collections.Pilot.FindByGroupVersionAliasesKind(config.GroupVersionKind{
		Group: kind.Group, Version: kind.Version, Kind: kind.Kind,
	})
}

// toConfig reads an Istio object as the API server and istiod's webhook would let it in: no unknown field, no
// value that validation refuses.
func toConfig(each document, wanted resource.Schema) (config.Config, error) {
	var object crd.IstioKind
	if err := json.Unmarshal(each.json, &object); err != nil {
		return config.Config{}, err
	}
	object.Namespace = each.namespace
	read, err := crd.ConvertObjectInternal(wanted, &object, domain, func(of resource.Schema, text string) (config.Spec, error) {
		spec, err := of.NewInstance()
		if err != nil {
			return nil, err
		}
		return spec, config.ApplyJSONStrict(spec, text)
	})
	if err != nil {
		return config.Config{}, err
	}
	if _, err := wanted.ValidateConfig(*read); err != nil {
		return config.Config{}, err
	}
	return *read, nil
}

// toObject reads a Kubernetes object; nil where the client knows no such kind (a Kustomization, a CRD's).
func toObject(each document) (runtime.Object, error) {
	if !kubelib.IstioScheme.Recognizes(each.kind) {
		return nil, nil
	}
	object, _, err := kubelib.IstioCodec.UniversalDeserializer().Decode(each.json, nil, nil)
	if err != nil {
		return nil, err
	}
	if accessor, ok := object.(metav1.Object); ok {
		accessor.SetNamespace(each.namespace)
	}
	return object, nil
}

// meshConfigOf is that of the question, else that of the ConfigMap `istio` in istio-system, else Istio's defaults.
func meshConfigOf(text *string, configMaps []*corev1.ConfigMap) (*meshconfig.MeshConfig, error) {
	if text == nil {
		for _, each := range configMaps {
			if each.Name == "istio" && each.Namespace == "istio-system" {
				written := each.Data["mesh"]
				text = &written
			}
		}
	}
	if text == nil {
		return mesh.DefaultMeshConfig(), nil
	}
	return mesh.ApplyMeshConfigDefaults(*text)
}

// newLineReader is what the YAML reader wants to read from.
func newLineReader(text string) *bufio.Reader { return bufio.NewReader(strings.NewReader(text)) }
