package main

import (
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	route "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	matcher "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"
)

// rewritePath is what Envoy makes of path and query.
func rewritePath(match *route.RouteMatch, prefix string, regex *matcher.RegexMatchAndSubstitute, target string) string {
	path, query, asks := strings.Cut(target, "?")
	if asks {
		query = "?" + query
	}
	if regex != nil {
		compiled, err := regexp.Compile(regex.GetPattern().GetRegex())
		if err != nil {
			return target
		}
		return compiled.ReplaceAllString(path, goTemplate(regex.Substitution)) + query
	}
	if prefix == "" {
		return target
	}
	return prefix + path[matchedLength(match, path):] + query
}

// matchedLength is how much of the path the match took: all of it, but for prefixes.
func matchedLength(match *route.RouteMatch, path string) int {
	switch wanted := match.GetPathSpecifier().(type) {
	case *route.RouteMatch_Prefix:
		return len(wanted.Prefix)
	case *route.RouteMatch_PathSeparatedPrefix:
		return len(wanted.PathSeparatedPrefix)
	}
	return len(path)
}

// goTemplate turns RE2's \1 into Go's ${1}.
func goTemplate(substitution string) string {
	var template strings.Builder
	for index := 0; index < len(substitution); index++ {
		switch each := substitution[index]; {
		case each == '$':
			template.WriteString("$$")
		case each == '\\' && index+1 < len(substitution):
			index++
			if next := substitution[index]; next >= '0' && next <= '9' {
				template.WriteString("${" + string(next) + "}")
			} else {
				template.WriteByte(next)
			}
		default:
			template.WriteByte(each)
		}
	}
	return template.String()
}

// normalizePath writes out what need not be escaped, resolves `.` and `..`, and takes backslashes for slashes
// (envoy: source/common/http/path_utility.cc, source/common/chromium_url).
func normalizePath(path string) string {
	path = unescapeUnreserved(path)
	segments := strings.Split(strings.ReplaceAll(path, `\`, "/"), "/")[1:]
	kept := []string{}
	for index, segment := range segments {
		switch segment {
		case ".":
		case "..":
			if len(kept) > 0 {
				kept = kept[:len(kept)-1]
			}
		default:
			kept = append(kept, segment)
			continue
		}
		if index == len(segments)-1 {
			kept = append(kept, "")
		}
	}
	return "/" + strings.Join(kept, "/")
}

// unescapeUnreserved also escapes what has to be.
func unescapeUnreserved(path string) string {
	var plain strings.Builder
	for index := 0; index < len(path); index++ {
		if path[index] == '%' && index+2 < len(path) {
			if code, err := strconv.ParseUint(path[index+1:index+3], 16, 8); err == nil && isUnreserved(byte(code)) {
				plain.WriteByte(byte(code))
				index += 2
				continue
			}
		}
		if strings.IndexByte("\"<>^`{|}", path[index]) >= 0 {
			fmt.Fprintf(&plain, "%%%02X", path[index])
			continue
		}
		plain.WriteByte(path[index])
	}
	return plain.String()
}

func isUnreserved(code byte) bool {
	return code >= 'a' && code <= 'z' || code >= 'A' && code <= 'Z' || code >= '0' && code <= '9' ||
		strings.IndexByte("-._~", code) >= 0
}

// redirect answers with where the client shall go (envoy: config_impl.cc, RouteEntryImplBase::newUri).
func (on *walk) redirect(action *route.RedirectAction, match *route.RouteMatch) {
	from := "http"
	if on.sent.tls {
		from = "https"
	}
	scheme := from
	if action.GetSchemeRedirect() != "" {
		scheme = action.GetSchemeRedirect()
	} else if action.GetHttpsRedirect() {
		scheme = "https"
	}
	port := ""
	if action.PortRedirect != 0 {
		port = ":" + (&url.URL{Host: ":" + uintText(action.PortRedirect)}).Port()
	}
	host := action.HostRedirect
	if host == "" {
		host = on.redirectHost(from, scheme, port)
	}
	path := rewritePath(match, action.GetPrefixRewrite(), action.GetRegexRewrite(), on.sent.path)
	before, query, asks := strings.Cut(path, "?")
	if given := action.GetPathRedirect(); given != "" {
		before = given
		if strings.Contains(given, "?") {
			asks = false
		}
	}
	if !strings.HasPrefix(before, "/") {
		before = "/" + before
	}
	if asks && !action.StripQuery {
		before += "?" + query
	}
	status := map[route.RedirectAction_RedirectResponseCode]int{
		route.RedirectAction_MOVED_PERMANENTLY:  301,
		route.RedirectAction_FOUND:              302,
		route.RedirectAction_SEE_OTHER:          303,
		route.RedirectAction_TEMPORARY_REDIRECT: 307,
		route.RedirectAction_PERMANENT_REDIRECT: 308,
	}[action.ResponseCode]
	on.given.Outcome.Kind = "redirect"
	on.given.Outcome.Status = &status
	on.given.Outcome.Location = pointer(scheme + "://" + host + port + before)
}

// redirectHost keeps the request's port but where it is replaced or was the old scheme's default.
func (on *walk) redirectHost(from, to, port string) string {
	host := on.sent.authority
	bare := withoutPort(host)
	written := strings.TrimPrefix(host, bare)
	isDefault := (from == "http" && written == ":80") || (from == "https" && written == ":443")
	if port != "" || (from != to && isDefault) {
		return bare
	}
	return host
}
