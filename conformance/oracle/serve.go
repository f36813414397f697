package main

import (
	"flag"
	"fmt"
	"net/http"
	_ "net/http/pprof"
	"os"
	"runtime/debug"

	"istio.io/istio/pilot/test/xds"
)

// world is one line in: manifests, and requests that are sent in the mesh which they make.
type world struct {
	ID         any        `json:"id"`
	Manifests  []manifest `json:"manifests"`
	MeshConfig *string    `json:"meshConfig"`
	Requests   []question `json:"requests"`
	Dump       bool       `json:"dump"`
}

// verdict is one line out. `rejected` says what the API server or istiod's webhook refuses, `crashed` how
// istiod's own code failed; then there are no answers.
type verdict struct {
	ID       any       `json:"id"`
	Rejected *string   `json:"rejected"`
	Crashed  *string   `json:"crashed"`
	Answers  []*answer `json:"answers"`
	// Made says of each address that no manifest holds what it stands for (builtin.go).
	Made map[string]string `json:"made"`
	Dump []map[string]any  `json:"dump"`
}

func serve(args []string) error {
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	workers := flags.Int("workers", 1, "worlds at once")
	profile := flags.String("pprof", "", "address to serve net/http/pprof at")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *profile != "" {
		go func() { fmt.Fprintln(os.Stderr, http.ListenAndServe(*profile, nil)) }()
	}
	quieten()
	// Worlds are short-lived and small: memory for time, up to a bound.
	debug.SetGCPercent(400)
	debug.SetMemoryLimit(1 << 30)
	return eachLine(*workers, judge)
}

func judge(asked world) verdict {
	given := verdict{ID: asked.ID, Answers: []*answer{}, Made: map[string]string{}}
	all, err := readObjects(asked.Manifests)
	if err != nil {
		given.Rejected = pointer(err.Error())
		return given
	}
	given.Made = all.made
	mesh, err := meshConfigOf(asked.MeshConfig, all.configMaps)
	if err != nil {
		given.Rejected = pointer(fmt.Sprintf("mesh config: %v", err))
		return given
	}
	err = inWorld(all, mesh, xds.FakeOptions{}, func(server *xds.FakeDiscoveryServer) {
		snapshots := map[string]*snapshot{}
		for _, one := range asked.Requests {
			given.Answers = append(given.Answers, all.answer(server, snapshots, one))
		}
		if asked.Dump {
			for _, from := range sortedKeys(snapshots) {
				dump := snapshots[from].dump()
				dump["from"] = rawJSON(from)
				given.Dump = append(given.Dump, dump)
			}
		}
	})
	if err != nil {
		given.Crashed = pointer(err.Error())
		given.Answers = []*answer{}
	}
	return given
}

// answer sends one request; a request that makes no sense gets an answer that says so.
func (all *objects) answer(server *xds.FakeDiscoveryServer, snapshots map[string]*snapshot, one question) *answer {
	sent, err := readRequest(one)
	if err != nil {
		return &answer{Error: pointer(err.Error())}
	}
	from := string(one.From)
	taken := snapshots[from]
	if taken == nil {
		proxy, err := all.findProxy(one.From)
		if err != nil {
			return &answer{Error: pointer(err.Error())}
		}
		if proxy == nil {
			return &answer{Error: pointer("outside has no proxy that could be asked")}
		}
		taken = takeSnapshot(server, proxy)
		snapshots[from] = taken
	}
	host := sent.urlHost
	if one.Address != nil {
		host = *one.Address
	}
	addresses := all.resolve(host, taken.proxy)
	walk := &walk{snapshot: taken, all: all, sent: sent, dialled: addresses, given: newAnswer()}
	walk.connect()
	return walk.given
}
