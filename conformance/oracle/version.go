package main

import (
	"fmt"
	"runtime/debug"
)

// istioVersion is the version of the istio module that was built in.
func istioVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, dependency := range info.Deps {
		if dependency.Path == "istio.io/istio" {
			return dependency.Version
		}
	}
	return "unknown"
}

func version([]string) error {
	fmt.Fprintln(results, istioVersion())
	return nil
}
