package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
)

// results is stdout as it was at the start; whatever else Istio prints goes to stderr.
var results = takeStdout()

func takeStdout() io.Writer {
	stdout := os.Stdout
	os.Stdout = os.Stderr
	return stdout
}

// maxLine bounds one JSON line: 64 MiB.
const maxLine = 64 << 20

// eachLine answers the JSON lines of stdin in order; up to `workers` of them are worked on at once.
func eachLine[In, Out any](workers int, answer func(In) Out) error {
	if workers < 1 {
		workers = 1
	}
	pending := make(chan chan Out, workers-1)
	written := make(chan error, 1)
	go func() {
		encoder := json.NewEncoder(results)
		encoder.SetEscapeHTML(false)
		var failed error
		for one := range pending {
			out := <-one
			if failed == nil {
				failed = encoder.Encode(out)
			}
		}
		written <- failed
	}()
	scanner := bufio.NewScanner(os.Stdin)
	scanner.Buffer(make([]byte, 0, 1<<20), maxLine)
	var failed error
	for number := 1; scanner.Scan(); number++ {
		var in In
		if err := json.Unmarshal(scanner.Bytes(), &in); err != nil {
			failed = fmt.Errorf("line %d of stdin: %w", number, err)
			break
		}
		one := make(chan Out, 1)
		// Bounded by the channel's capacity: the writer holds one, the channel the others.
		pending <- one
		go func() { one <- answer(in) }()
	}
	close(pending)
	if err := <-written; err != nil {
		return err
	}
	if failed != nil {
		return failed
	}
	return scanner.Err()
}
