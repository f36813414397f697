package main

import "strings"

// answer is what becomes of one request: the part of `lanes explain --batch` that Istio and Envoy decide.
type answer struct {
	Error           *string    `json:"error,omitempty"`
	Listener        *string    `json:"listener"`
	RouteConfig     *string    `json:"routeConfig"`
	VirtualHost     *string    `json:"virtualHost"`
	Route           *routeName `json:"route"`
	Outcome         outcome    `json:"outcome"`
	Rewrite         *rewrite   `json:"rewrite"`
	RequestHeaders  operations `json:"requestHeaders"`
	ResponseHeaders operations `json:"responseHeaders"`
	Timeout         *int64     `json:"timeout"`
	Retries         *retries   `json:"retries"`
	Mirrors         []mirror   `json:"mirrors"`
	Fault           *fault     `json:"fault"`
}

type routeName struct {
	Index int     `json:"index"`
	Name  *string `json:"name"`
}

type outcome struct {
	Kind      string     `json:"kind"`
	Cluster   *string    `json:"cluster"`
	Subset    *string    `json:"subset"`
	Endpoints []place    `json:"endpoints"`
	Weights   []weighted `json:"weights"`
	Status    *int       `json:"status"`
	Body      *string    `json:"body"`
	Flags     []string   `json:"flags"`
	Detail    *string    `json:"detail"`
	Location  *string    `json:"location"`
}

type place struct {
	Address   string  `json:"address"`
	Port      uint32  `json:"port"`
	Workload  *string `json:"workload"`
	Namespace *string `json:"namespace"`
}

type weighted struct {
	Cluster string `json:"cluster"`
	Weight  uint32 `json:"weight"`
}

type rewrite struct {
	Path *string `json:"path"`
	Host *string `json:"host"`
}

// operations are to be applied in this order: remove, set, add.
type operations struct {
	Set    [][2]string `json:"set"`
	Add    [][2]string `json:"add"`
	Remove []string    `json:"remove"`
}

type retries struct {
	Attempts      uint32   `json:"attempts"`
	PerTryTimeout *int64   `json:"perTryTimeout"`
	On            []string `json:"on"`
	Statuses      []uint32 `json:"statuses"`
}

type mirror struct {
	Cluster string  `json:"cluster"`
	Percent float64 `json:"percent"`
}

type fault struct {
	Delay *delayFault `json:"delay"`
	Abort *abortFault `json:"abort"`
}

type delayFault struct {
	Milliseconds int64   `json:"ms"`
	Percent      float64 `json:"percent"`
}

type abortFault struct {
	Status  int     `json:"status"`
	Percent float64 `json:"percent"`
}

func newAnswer() *answer {
	return &answer{
		Outcome:         outcome{Endpoints: []place{}, Weights: []weighted{}, Flags: []string{}},
		RequestHeaders:  operations{Set: [][2]string{}, Add: [][2]string{}, Remove: []string{}},
		ResponseHeaders: operations{Set: [][2]string{}, Add: [][2]string{}, Remove: []string{}},
		Mirrors:         []mirror{},
	}
}

func (given *answer) respond(status int, body, detail string, flags ...string) {
	given.Outcome.Kind = "respond"
	given.Outcome.Status = &status
	given.Outcome.Body = &body
	given.Outcome.Detail = &detail
	given.Outcome.Flags = append(given.Outcome.Flags, flags...)
}

func (given *answer) to(cluster string) {
	given.Outcome.Cluster = &cluster
	if parts := strings.Split(cluster, "|"); len(parts) == 4 && parts[2] != "" {
		given.Outcome.Subset = &parts[2]
	}
}

func pointer[T any](value T) *T { return &value }
