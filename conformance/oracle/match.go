package main

// Envoy's route matching (envoy: source/common/router/config_impl.cc, source/common/http/header_utility.cc).

import (
	"strings"

	route "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	matcher "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"
	percent "github.com/envoyproxy/go-control-plane/envoy/type/v3"
)

func matches(match *route.RouteMatch, sent *request) bool {
	path, query, _ := strings.Cut(sent.path, "?")
	if !matchPath(match, path) {
		return false
	}
	for _, each := range match.Headers {
		if !matchHeader(each, sent) {
			return false
		}
	}
	if match.Grpc != nil && !isGRPC(sent) {
		return false
	}
	if fraction := match.RuntimeFraction; fraction != nil && fraction.GetDefaultValue().GetNumerator() == 0 {
		return false
	}
	for _, each := range match.QueryParameters {
		if !matchQuery(each, query) {
			return false
		}
	}
	for _, each := range match.DynamicMetadata {
		// No filter of ours writes metadata, so that no value is there to match.
		if !each.Invert {
			return false
		}
	}
	return true
}

func matchPath(match *route.RouteMatch, path string) bool {
	isExact := match.CaseSensitive == nil || match.CaseSensitive.Value
	same := func(a, b string) bool {
		if isExact {
			return a == b
		}
		return asciiLower(a) == asciiLower(b)
	}
	starts := func(prefix string) bool {
		return len(path) >= len(prefix) && same(path[:len(prefix)], prefix)
	}
	switch wanted := match.PathSpecifier.(type) {
	case *route.RouteMatch_Prefix:
		return starts(wanted.Prefix)
	case *route.RouteMatch_Path:
		return same(path, wanted.Path)
	case *route.RouteMatch_SafeRegex:
		return fullMatch(wanted.SafeRegex.Regex, path)
	case *route.RouteMatch_PathSeparatedPrefix:
		prefix := wanted.PathSeparatedPrefix
		return starts(prefix) && (len(path) == len(prefix) || path[len(prefix)] == '/')
	}
	return false
}

func isGRPC(sent *request) bool {
	for _, value := range sent.header("content-type") {
		if value == "application/grpc" || strings.HasPrefix(value, "application/grpc+") ||
			strings.HasPrefix(value, "application/grpc;") {
			return true
		}
	}
	return false
}

// matchHeader tries each value of a repeated header by itself.
func matchHeader(wanted *route.HeaderMatcher, sent *request) bool {
	values := sent.header(strings.ToLower(wanted.Name))
	if present, ok := wanted.HeaderMatchSpecifier.(*route.HeaderMatcher_PresentMatch); ok {
		return ((len(values) > 0) == present.PresentMatch) != wanted.InvertMatch
	}
	if len(values) == 0 {
		if !wanted.TreatMissingHeaderAsEmpty {
			// An absent header fails even what is inverted.
			return false
		}
		values = []string{""}
	}
	for _, value := range values {
		if matchHeaderValue(wanted, value) {
			return !wanted.InvertMatch
		}
	}
	return wanted.InvertMatch
}

func matchHeaderValue(wanted *route.HeaderMatcher, value string) bool {
	switch kind := wanted.HeaderMatchSpecifier.(type) {
	case *route.HeaderMatcher_StringMatch:
		return matchText(kind.StringMatch, value)
	case *route.HeaderMatcher_ExactMatch: //nolint:staticcheck // Envoy still takes it.
		return value == kind.ExactMatch
	case *route.HeaderMatcher_PrefixMatch: //nolint:staticcheck
		return strings.HasPrefix(value, kind.PrefixMatch)
	case *route.HeaderMatcher_SafeRegexMatch: //nolint:staticcheck
		return fullMatch(kind.SafeRegexMatch.Regex, value)
	case nil:
		return true
	}
	return false
}

func matchText(wanted *matcher.StringMatcher, value string) bool {
	fold := func(text string) string {
		if wanted.IgnoreCase {
			return asciiLower(text)
		}
		return text
	}
	switch kind := wanted.MatchPattern.(type) {
	case *matcher.StringMatcher_Exact:
		return fold(value) == fold(kind.Exact)
	case *matcher.StringMatcher_Prefix:
		return strings.HasPrefix(fold(value), fold(kind.Prefix))
	case *matcher.StringMatcher_Suffix:
		return strings.HasSuffix(fold(value), fold(kind.Suffix))
	case *matcher.StringMatcher_Contains:
		return strings.Contains(fold(value), fold(kind.Contains))
	case *matcher.StringMatcher_SafeRegex:
		return fullMatch(kind.SafeRegex.Regex, value)
	}
	return false
}

// matchQuery looks at the first parameter of the name, undecoded.
func matchQuery(wanted *route.QueryParameterMatcher, query string) bool {
	for _, each := range strings.Split(query, "&") {
		name, value, _ := strings.Cut(each, "=")
		if each == "" || name != wanted.Name {
			continue
		}
		switch kind := wanted.QueryParameterMatchSpecifier.(type) {
		case *route.QueryParameterMatcher_StringMatch:
			return matchText(kind.StringMatch, value)
		case *route.QueryParameterMatcher_PresentMatch:
			return kind.PresentMatch
		}
		return true
	}
	if kind, ok := wanted.QueryParameterMatchSpecifier.(*route.QueryParameterMatcher_PresentMatch); ok {
		return !kind.PresentMatch
	}
	return false
}

func asciiLower(text string) string {
	lower := []byte(text)
	for index, each := range lower {
		if each >= 'A' && each <= 'Z' {
			lower[index] = each + 'a' - 'A'
		}
	}
	return string(lower)
}

// percentOf is a fraction as a percentage.
func percentOf(fraction *percent.FractionalPercent) float64 {
	denominator := map[percent.FractionalPercent_DenominatorType]float64{
		percent.FractionalPercent_HUNDRED:      100,
		percent.FractionalPercent_TEN_THOUSAND: 10_000,
		percent.FractionalPercent_MILLION:      1_000_000,
	}[fraction.GetDenominator()]
	return float64(fraction.GetNumerator()) / denominator * 100
}
