package main

import (
	"strconv"
	"strings"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	route "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
)

// headerLevel is what one of cluster weight, route, virtual host and route configuration says of headers.
type headerLevel interface {
	GetRequestHeadersToAdd() []*core.HeaderValueOption
	GetRequestHeadersToRemove() []string
	GetResponseHeadersToAdd() []*core.HeaderValueOption
	GetResponseHeadersToRemove() []string
}

func level(of headerLevel) headerLevel { return of }

// requestOperations puts the levels together, the most specific given first and applied first
// (api-v3: RouteConfiguration.most_specific_header_mutations_wins).
func requestOperations(config *route.RouteConfiguration, levels ...headerLevel) operations {
	told := newAnswer().RequestHeaders
	for _, each := range inOrder(config, levels) {
		told.apply(each.GetRequestHeadersToAdd(), each.GetRequestHeadersToRemove())
	}
	return told
}

func responseOperations(config *route.RouteConfiguration, levels ...headerLevel) operations {
	told := newAnswer().ResponseHeaders
	for _, each := range inOrder(config, levels) {
		told.apply(each.GetResponseHeadersToAdd(), each.GetResponseHeadersToRemove())
	}
	return told
}

func inOrder(config *route.RouteConfiguration, levels []headerLevel) []headerLevel {
	ordered := append(append([]headerLevel{}, levels...), config)
	if !config.GetMostSpecificHeaderMutationsWins() {
		return ordered
	}
	for left, right := 0, len(ordered)-1; left < right; left, right = left+1, right-1 {
		ordered[left], ordered[right] = ordered[right], ordered[left]
	}
	return ordered
}

// apply adds a level: it removes, sets and adds, in this order, on top of what is told.
func (told *operations) apply(options []*core.HeaderValueOption, remove []string) {
	for _, name := range remove {
		told.forget(name)
		told.Remove = append(told.Remove, strings.ToLower(name))
	}
	for _, option := range options {
		if !overwrites(option) {
			continue
		}
		told.forget(option.GetHeader().GetKey())
		told.Set = append(told.Set, pair(option))
	}
	for _, option := range options {
		if !overwrites(option) {
			told.Add = append(told.Add, pair(option))
		}
	}
}

func (told *operations) forget(name string) {
	without := func(all [][2]string) [][2]string {
		kept := [][2]string{}
		for _, each := range all {
			if !strings.EqualFold(each[0], name) {
				kept = append(kept, each)
			}
		}
		return kept
	}
	told.Set, told.Add = without(told.Set), without(told.Add)
}

func overwrites(option *core.HeaderValueOption) bool {
	return option.AppendAction == core.HeaderValueOption_OVERWRITE_IF_EXISTS_OR_ADD ||
		(option.GetAppend() != nil && !option.GetAppend().Value) //nolint:staticcheck // Envoy still takes it.
}

func pair(option *core.HeaderValueOption) [2]string {
	return [2]string{strings.ToLower(option.GetHeader().GetKey()), option.GetHeader().GetValue()}
}

func uintText(number uint32) string { return strconv.FormatUint(uint64(number), 10) }
