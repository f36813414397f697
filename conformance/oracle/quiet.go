package main

import (
	"io"

	"istio.io/istio/pkg/log"
	"k8s.io/klog/v2"
)

// quieten keeps Istio's logs out of stdout, and to errors.
func quieten() {
	options := log.DefaultOptions()
	options.OutputPaths = []string{"stderr"}
	options.ErrorOutputPaths = []string{"stderr"}
	options.SetDefaultOutputLevel("all", log.FatalLevel)
	_ = log.Configure(options)
	klog.LogToStderr(false)
	klog.SetOutput(io.Discard)
}
