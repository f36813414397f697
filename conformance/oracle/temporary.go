package main

import "os"

// temporary is a file with this text, for a function of Istio's that wants a path.
func temporary(text string) (path string, remove func(), err error) {
	file, err := os.CreateTemp("", "oracle-*.yaml")
	if err != nil {
		return "", nil, err
	}
	defer file.Close()
	remove = func() { _ = os.Remove(file.Name()) }
	if _, err := file.WriteString(text); err != nil {
		remove()
		return "", nil, err
	}
	return file.Name(), remove, nil
}
