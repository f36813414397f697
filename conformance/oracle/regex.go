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

// fullMatch is RE2::FullMatch.
func fullMatch(pattern, input string) bool {
	compiled, err := regexp.Compile(`\A(?:` + pattern + `)\z`)
	return err == nil && compiled.MatchString(input)
}
