package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
)

// question is one request: a line of `lanes explain --batch`.
type question struct {
	From    json.RawMessage            `json:"from"`
	Method  string                     `json:"method"`
	URL     string                     `json:"url"`
	Host    *string                    `json:"host"`
	Headers map[string]json.RawMessage `json:"headers"`
	HTTP    string                     `json:"http"`
	Address *string                    `json:"address"`
}

// described is a proxy that stands in no manifest.
type described struct {
	Type      string            `json:"type"`
	Namespace string            `json:"namespace"`
	Name      string            `json:"name"`
	Labels    map[string]string `json:"labels"`
	IP        string            `json:"ip"`
}

// request is what the proxy is sent.
type request struct {
	method    string
	authority string
	// with its query
	path string
	// written is the path as the client sent it; path may be a normalized form of it.
	written string
	headers [][2]string
	// 1.0, 1.1 or 2
	http string
	tls  bool
	sni  string
	port uint32
	// urlHost is what is resolved where no address is given.
	urlHost string
}

func readRequest(asked question) (*request, error) {
	scheme, rest, found := strings.Cut(asked.URL, "://")
	if !found {
		return nil, fmt.Errorf("url %q is not a URL", asked.URL)
	}
	scheme = strings.ToLower(scheme)
	rest, _, _ = strings.Cut(rest, "#")
	authority, path := rest, "/"
	if at := strings.IndexAny(rest, "/?"); at >= 0 {
		authority, path = rest[:at], rest[at:]
		if path[0] == '?' {
			path = "/" + path
		}
	}
	authority = authority[strings.LastIndex(authority, "@")+1:]
	read := &request{method: asked.Method, authority: authority, path: path, written: path, http: asked.HTTP}
	if read.method == "" {
		read.method = "GET"
	}
	if read.http == "" {
		read.http = "1.1"
	}
	read.port = 80
	read.tls = scheme == "https" || scheme == "wss"
	if read.tls {
		read.port = 443
	}
	read.urlHost = authority
	if host, port, err := net.SplitHostPort(authority); err == nil {
		number, err := strconv.ParseUint(port, 10, 16)
		if err != nil {
			return nil, fmt.Errorf("url %q: port: %w", asked.URL, err)
		}
		read.port, read.urlHost = uint32(number), host
	}
	if read.urlHost == "" {
		return nil, errors.New("url: no host")
	}
	if read.tls {
		read.sni = strings.ToLower(read.urlHost)
	}
	headers, err := orderedHeaders(asked.Headers)
	if err != nil {
		return nil, err
	}
	for _, header := range headers {
		if header[0] == "host" {
			read.authority = header[1]
			continue
		}
		read.headers = append(read.headers, header)
	}
	if asked.Host != nil {
		read.authority = *asked.Host
	}
	return read, nil
}

// orderedHeaders has the names in lower case, as Envoy does, and in alphabetical order: across names order says
// nothing.
func orderedHeaders(written map[string]json.RawMessage) ([][2]string, error) {
	var all [][2]string
	for _, name := range sortedKeys(written) {
		var one string
		if err := json.Unmarshal(written[name], &one); err == nil {
			all = append(all, [2]string{strings.ToLower(name), one})
			continue
		}
		var several []string
		if err := json.Unmarshal(written[name], &several); err != nil {
			return nil, fmt.Errorf("header %s: neither text nor a list of text", name)
		}
		for _, value := range several {
			all = append(all, [2]string{strings.ToLower(name), value})
		}
	}
	return all, nil
}

// header gives the values of a header or of one of HTTP/2's pseudo headers; none: it is absent.
func (sent *request) header(name string) []string {
	switch name {
	case ":method":
		return []string{sent.method}
	case ":authority", "host":
		return []string{sent.authority}
	case ":path":
		return []string{sent.path}
	case ":scheme":
		if sent.tls {
			return []string{"https"}
		}
		return []string{"http"}
	}
	var values []string
	for _, header := range sent.headers {
		if header[0] == name {
			values = append(values, header[1])
		}
	}
	return values
}
