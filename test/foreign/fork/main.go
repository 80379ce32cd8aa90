// Forkcheck verifies fork proofs with nothing but the keys of the log: golang.org/x/mod/sumdb/note for checkpoints, the
// standard library for all else. It was written from spec/7-proof-file.md §5 and §6.
//
// It prints a line for each file, "FILE proven KIND" or "FILE refused WHY", and exits with 1 if it refused any.
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	vkey := flag.String("vkey", "", "verifier key of the log")
	p256 := flag.String("p256", "", "base64 of the DER SubjectPublicKeyInfo of its RFC 6962 face; none: no such head is believed")
	flag.Parse()

	keys, err := newKeys(*vkey, *p256)
	if err != nil {
		fmt.Fprintf(os.Stderr, "forkcheck: %v\n", err)
		os.Exit(2)
	}
	refused := 0
	for _, path := range flag.Args() {
		kind, err := checkFile(path, keys)
		if err != nil {
			refused++
			fmt.Printf("%s refused %v\n", path, err)
			continue
		}
		fmt.Printf("%s proven %s\n", path, kind)
	}
	if refused > 0 || flag.NArg() == 0 {
		os.Exit(1)
	}
}

func checkFile(path string, keys *keys) (string, error) {
	file, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	proof, err := parse(file)
	if err != nil {
		return "", fmt.Errorf("malformed: %w", err)
	}
	return proof.kind, proof.check(keys)
}
