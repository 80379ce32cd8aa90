package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// answer is an answer of the index, spec/11-index.md §5.
type answer struct {
	Checkpoint string `json:"checkpoint"`
	Count      int64  `json:"count"`
	Head       struct {
		Consistency []b64 `json:"consistency"`
		Inclusion   []b64 `json:"inclusion"`
		Leaf        b64   `json:"leaf"`
		LeafIndex   int64 `json:"leafIndex"`
	} `json:"head"`
	Label   b64        `json:"label"`
	Page    *page      `json:"page"`
	Present bool       `json:"present"`
	Trie    []pathNode `json:"trie"`
}

type indexHead struct {
	V      string `json:"v"`
	Origin string `json:"origin"`
	Map    string `json:"map"`
	Size   int64  `json:"size"`
	Root   b64    `json:"root"`
	Index  b64    `json:"index"`
}

func hashes(from []b64) ([]tlog.Hash, error) {
	to := make([]tlog.Hash, len(from))
	for i, h := range from {
		if len(h) != 32 {
			return nil, errors.New("not 32 bytes")
		}
		to[i] = tlog.Hash(h)
	}
	return to, nil
}

// checkAnswer is steps 1 to 4 of a client, by x/mod and torchwood, for one page.
func checkAnswer(vkey string, raw []byte) error {
	var a answer
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&a); err != nil {
		return err
	}
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return err
	}
	opened, err := note.Open([]byte(a.Checkpoint), note.VerifierList(verifier))
	if err != nil {
		return err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		return errors.New("no checkpoint of this log")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return err
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		return err
	}
	var head indexHead
	if err := json.Unmarshal(a.Head.Leaf, &head); err != nil {
		return err
	}
	if head.V != "nhi.index/1" || head.Map != "nhi.map/1" || head.Origin != lines[0] || len(head.Root) != 32 {
		return errors.New("the head is of something else")
	}
	i := a.Head.LeafIndex
	if i >= size || head.Size > i {
		return errors.New("the head cannot stand there")
	}
	inclusion, err := hashes(a.Head.Inclusion)
	if err != nil {
		return err
	}
	if err := tlog.CheckRecord(inclusion, size, root, i, tlog.RecordHash(a.Head.Leaf)); err != nil {
		return err
	}
	consistency, err := hashes(a.Head.Consistency)
	if err != nil {
		return err
	}
	if err := tlog.CheckTree(consistency, size, root, head.Size, tlog.Hash(head.Root)); err != nil {
		return err
	}
	c := trieCase{Label: a.Label, Present: a.Present, Nodes: a.Trie, Root: head.Index}
	if a.Present {
		if a.Page == nil {
			return errors.New("no page")
		}
		if n := len(a.Page.Indices); n > 0 && a.Page.Indices[n-1] >= head.Size {
			return errors.New("an index beyond the head")
		}
		if c.Value, err = valueOfPage(*a.Page, a.Count); err != nil {
			return err
		}
	} else if a.Page != nil || a.Count != 0 {
		return fmt.Errorf("absent, with a count of %d", a.Count)
	}
	return checkTrie(c)
}
