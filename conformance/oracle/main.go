// Command oracle answers with istiod's own code: what a proxy is configured with, and where that sends a
// request. Each subcommand reads JSON lines from stdin and writes one JSON line for each to stdout, in order.
// Istio's logs go to stderr.
package main

import (
	"fmt"
	"os"
	"sort"
	"strings"
)

// commands is the dispatch: one file a subcommand.
var commands = map[string]func(args []string) error{
	"analyze":  analyze,
	"ads":      ads,
	"serve":    serve,
	"regex":    regex,
	"validate": validate,
	"version":  version,
}

func main() {
	if len(os.Args) < 2 || commands[os.Args[1]] == nil {
		names := make([]string, 0, len(commands))
		for name := range commands {
			names = append(names, name)
		}
		sort.Strings(names)
		fmt.Fprintf(os.Stderr, "usage: oracle %s\n", strings.Join(names, "|"))
		os.Exit(2)
	}
	if err := commands[os.Args[1]](os.Args[2:]); err != nil {
		fmt.Fprintf(os.Stderr, "oracle %s: %v\n", os.Args[1], err)
		os.Exit(1)
	}
}
