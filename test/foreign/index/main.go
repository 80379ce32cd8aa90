// Makes the vectors of the prefix trie, and judges proofs and answers of the index.
//
//	go run . make FILE      writes spec/vectors/index-trie.json
//	go run . map FILE       finds keys and labels of spec/vectors/index-map.json again
//	go run . judge < CASES  a line of JSON each; says of each whether it holds
//	go run . fraud VKEY FILE
//	                        verifies a fraud proof, with the log's key alone
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
)

// trieCase is a path and what it should show.
type trieCase struct {
	Label   b64        `json:"label"`
	Present bool       `json:"present"`
	Value   b64        `json:"value,omitempty"`
	Nodes   []pathNode `json:"nodes"`
	Root    b64        `json:"root"`
}

// judged is one line of the judge's input: one of trie, minilog, answer.
type judged struct {
	Name string `json:"name"`
	// Does it hold?
	Holds bool      `json:"holds"`
	Trie  *trieCase `json:"trie"`
	// Every one-bit change of the path is judged too, and must be refused.
	Mutate  bool            `json:"mutate"`
	Vkey    string          `json:"vkey"`
	Answer  json.RawMessage `json:"answer"`
	MiniLog *struct {
		Indices []int64 `json:"indices"`
		Value   b64     `json:"value"`
	} `json:"minilog"`
}

func main() {
	var err error
	switch {
	case len(os.Args) == 3 && os.Args[1] == "make":
		err = makeVectors(os.Args[2])
	case len(os.Args) == 3 && os.Args[1] == "map":
		err = checkMap(os.Args[2])
	case len(os.Args) == 2 && os.Args[1] == "judge":
		err = judge()
	case len(os.Args) == 4 && os.Args[1] == "fraud":
		err = checkFraud(os.Args[2], os.Args[3])
	default:
		err = fmt.Errorf("usage: make FILE | map FILE | judge < CASES | fraud VKEY FILE")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func judge() error {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<26)
	var cases, mutations, wrong int
	for lines.Scan() {
		var one judged
		if err := json.Unmarshal(lines.Bytes(), &one); err != nil {
			return err
		}
		cases++
		if err := holds(one); (err == nil) != one.Holds {
			wrong++
			fmt.Printf("WRONG %s: %v\n", one.Name, err)
		}
		if one.Mutate {
			accepted, tried := mutate(*one.Trie)
			mutations += tried
			if len(accepted) > 0 {
				wrong++
				fmt.Printf("WRONG %s: accepted with bit %v turned\n", one.Name, accepted)
			}
		}
	}
	fmt.Printf("cases %d mutations %d wrong %d\n", cases, mutations, wrong)
	if wrong > 0 || cases == 0 {
		return fmt.Errorf("%d wrong of %d", wrong, cases)
	}
	return lines.Err()
}

func holds(one judged) error {
	if one.Trie != nil {
		return checkTrie(*one.Trie)
	}
	if one.MiniLog != nil {
		value, err := valueOfAll(one.MiniLog.Indices)
		if err == nil && !bytes.Equal(value, one.MiniLog.Value) {
			err = fmt.Errorf("another value")
		}
		return err
	}
	return checkAnswer(one.Vkey, one.Answer)
}

// mutate turns each bit of each node: 16 of its length, 256 of its label, 256 of its value.
func mutate(c trieCase) (accepted []int, tried int) {
	for i := range c.Nodes {
		for bit := range 16 + 512 {
			changed := c
			changed.Nodes = append([]pathNode(nil), c.Nodes...)
			n := &changed.Nodes[i]
			if bit < 16 {
				n.Bits ^= 1 << bit
			} else {
				n.Label = append(b64(nil), n.Label...)
				n.Value = append(b64(nil), n.Value...)
				target, at := n.Label, bit-16
				if at >= 256 {
					target, at = n.Value, at-256
				}
				target[at/8] ^= 1 << (at % 8)
			}
			tried++
			if checkTrie(changed) == nil {
				accepted = append(accepted, i*528+bit)
			}
		}
	}
	return accepted, tried
}
