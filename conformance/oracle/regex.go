package main

import "regexp"

type regexQuestion struct {
	Pattern string   `json:"pattern"`
	Inputs  []string `json:"inputs"`
}

type regexAnswer struct {
	Error   *string `json:"error"`
	Matches []bool  `json:"matches"`
}

// regex says for JSON lines {pattern, inputs} what Go's regexp, which is RE2's syntax and what Istio validates
// with, makes of them: whether each input matches in full, as Envoy matches.
func regex([]string) error {
	return eachLine(1, func(in regexQuestion) regexAnswer {
		if _, err := regexp.Compile(in.Pattern); err != nil {
			message := err.Error()
			return regexAnswer{Error: &message, Matches: []bool{}}
		}
		matches := make([]bool, 0, len(in.Inputs))
		for _, input := range in.Inputs {
			matches = append(matches, fullMatch(in.Pattern, input))
		}
		return regexAnswer{Matches: matches}
	})
}

// fullMatch is RE2::FullMatch. A match of the whole text starts where any can first start and is the longest there;
// anchors around the pattern would be text to an open \Q in it.
func fullMatch(pattern, input string) bool {
	compiled, err := regexp.Compile(pattern)
	if err != nil {
		return false
	}
	compiled.Longest()
	found := compiled.FindStringIndex(input)
	return found != nil && found[0] == 0 && found[1] == len(input)
}
