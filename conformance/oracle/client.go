package main

import (
	"fmt"

	kubelib "istio.io/istio/pkg/kube"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/fake"
	"k8s.io/client-go/kubernetes/scheme"
)

// newClient is Istio's fake client. Kubernetes' own objects go around the fake API server's bookkeeping of who
// set which field: that builds a map of all kinds for each object, which was half of a world's time.
func newClient(objects ...runtime.Object) kubelib.Client {
	var own, others []runtime.Object
	for _, each := range objects {
		if _, _, err := scheme.Scheme.ObjectKinds(each); err == nil {
			own = append(own, each)
		} else {
			others = append(others, each)
		}
	}
	client := kubelib.NewFakeClientWithVersion("", others...)
	tracker := client.Kube().(*fake.Clientset).Tracker()
	for _, each := range own {
		if err := tracker.Add(each.DeepCopyObject()); err != nil {
			panic(fmt.Sprintf("fake client: %v", err))
		}
	}
	return client
}
