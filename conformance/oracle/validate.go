package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/listtype"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"k8s.io/apimachinery/pkg/runtime"
	jsonserializer "k8s.io/apimachinery/pkg/runtime/serializer/json"
	kubeyaml "k8s.io/apimachinery/pkg/util/yaml"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/yaml"
)

type validateQuestion struct {
	Object map[string]any `json:"object"`
}

type validateAnswer struct {
	// Known is whether a CRD defines the object's kind, or it is one of Kubernetes' own.
	Known bool `json:"known"`
	// Unknown are the paths of fields that a strict API server refuses.
	Unknown []string `json:"unknown"`
	// Schema are the errors of types, bounds, enums, patterns and lists; of Kubernetes' own kinds those of types.
	Schema []string `json:"schema"`
	// Rules are those of the CRD's own rules; none is evaluated where the schema refuses the object.
	Rules []string `json:"rules"`
}

// customKind is what an API server makes of one version of a CRD.
type customKind struct {
	structural *schema.Structural
	validator  validation.SchemaValidator
	rules      *cel.Validator
}

// validate says for JSON lines {object} what an API server with the CRDs of the files would say of each; of one of
// Kubernetes' own kinds what its strict decoder does.
func validate(files []string) error {
	kinds := map[string]*customKind{}
	for _, file := range files {
		if err := readKinds(file, kinds); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	return eachLine(2, func(question validateQuestion) validateAnswer {
		object, _ := wholeNumbers(question.Object).(map[string]any)
		kind := kinds[fmt.Sprintf("%v/%v", object["apiVersion"], object["kind"])]
		if kind == nil {
			return decodeStrictly(object)
		}
		return kind.validate(object)
	})
}

// strictly decodes as an API server does what `kubectl apply` sends.
var strictly = jsonserializer.NewSerializerWithOptions(jsonserializer.DefaultMetaFactory, scheme.Scheme, scheme.Scheme,
	jsonserializer.SerializerOptions{Strict: true})

var unknownField = regexp.MustCompile(`^unknown field "(.*)"$`)

// decodeStrictly says what an API server says of an object of Kubernetes' own before it validates it.
func decodeStrictly(object map[string]any) validateAnswer {
	given := validateAnswer{Known: true, Unknown: []string{}, Schema: []string{}, Rules: []string{}}
	text, err := json.Marshal(object)
	if err != nil {
		given.Schema = append(given.Schema, err.Error())
		return given
	}
	_, _, err = strictly.Decode(text, nil, nil)
	if runtime.IsNotRegisteredError(err) {
		given.Known = false
		return given
	}
	strict, isStrict := runtime.AsStrictDecodingError(err)
	if !isStrict {
		if err != nil {
			given.Schema = append(given.Schema, err.Error())
		}
		return given
	}
	for _, each := range strict.Errors() {
		if found := unknownField.FindStringSubmatch(each.Error()); found != nil {
			given.Unknown = append(given.Unknown, found[1])
		} else {
			given.Schema = append(given.Schema, each.Error())
		}
	}
	return given
}

func readKinds(file string, into map[string]*customKind) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	reader := kubeyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(text)))
	for {
		document, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		var written apiextensionsv1.CustomResourceDefinition
		if err := yaml.Unmarshal(document, &written); err != nil {
			return err
		}
		if written.Kind != "CustomResourceDefinition" {
			continue
		}
		if err := addKinds(&written, into); err != nil {
			return fmt.Errorf("%s: %w", written.Name, err)
		}
	}
}

func addKinds(written *apiextensionsv1.CustomResourceDefinition, into map[string]*customKind) error {
	for _, version := range written.Spec.Versions {
		if !version.Served {
			continue
		}
		var converted apiextensions.JSONSchemaProps
		err := apiextensionsv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(
			version.Schema.OpenAPIV3Schema, &converted, nil)
		if err != nil {
			return err
		}
		structural, err := schema.NewStructural(&converted)
		if err != nil {
			return err
		}
		validator, _, err := validation.NewSchemaValidator(&converted)
		if err != nil {
			return err
		}
		into[written.Spec.Group+"/"+version.Name+"/"+written.Spec.Names.Kind] = &customKind{
			structural, validator, cel.NewValidator(structural, true, celconfig.PerCallLimit),
		}
	}
	return nil
}

// validate does what an API server does with a new object, in its order.
func (kind *customKind) validate(object map[string]any) validateAnswer {
	given := validateAnswer{Known: true, Schema: []string{}, Rules: []string{}}
	given.Unknown = pruning.PruneWithOptions(object, kind.structural, true,
		schema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true})
	if given.Unknown == nil {
		given.Unknown = []string{}
	}
	defaulting.PruneNonNullableNullsWithoutDefaults(object, kind.structural)
	defaulting.Default(object, kind.structural)
	found := validation.ValidateCustomResource(nil, object, kind.validator)
	found = append(found, listtype.ValidateListSetsAndMaps(nil, kind.structural, object)...)
	for _, each := range found {
		given.Schema = append(given.Schema, each.Error())
	}
	if len(found) > 0 || kind.rules == nil {
		return given
	}
	broken, _ := kind.rules.Validate(context.Background(), nil, kind.structural, object, nil,
		celconfig.RuntimeCELCostBudget)
	for _, each := range broken {
		given.Rules = append(given.Rules, each.Error())
	}
	return given
}

// wholeNumbers makes integers of the numbers that are, as an API server's decoder does.
func wholeNumbers(value any) any {
	switch typed := value.(type) {
	case map[string]any:
		for key, each := range typed {
			typed[key] = wholeNumbers(each)
		}
	case []any:
		for index, each := range typed {
			typed[index] = wholeNumbers(each)
		}
	case float64:
		if whole := int64(typed); typed == float64(whole) {
			return whole
		}
	}
	return value
}
