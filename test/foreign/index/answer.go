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

// headProof is where an index head stands, spec/11-index.md §5.
type headProof struct {
	Consistency []b64 `json:"consistency"`
	Inclusion   []b64 `json:"inclusion"`
	Leaf        b64   `json:"leaf"`
	LeafIndex   int64 `json:"leafIndex"`
}

// answer is an answer of the index, spec/11-index.md §5.
type answer struct {
	Checkpoint string     `json:"checkpoint"`
	Count      int64      `json:"count"`
	Head       headProof  `json:"head"`
	Label      b64        `json:"label"`
	Page       *page      `json:"page"`
	Present    bool       `json:"present"`
	Trie       []pathNode `json:"trie"`
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
	signed, err := openCheckpoint(vkey, a.Checkpoint)
	if err != nil {
		return err
	}
	head, err := openHead(signed, a.Head)
	if err != nil {
		return err
	}
	if a.Present != (a.Page != nil) {
		return errors.New("a page if present, and only then")
	}
	return checkLabel(a.Label, a.Trie, a.Page, a.Count, head)
}

// checkpoint is a tree head that its log signed.
type checkpoint struct {
	origin string
	size   int64
	root   tlog.Hash
}

func openCheckpoint(vkey, text string) (checkpoint, error) {
	none := checkpoint{}
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return none, err
	}
	opened, err := note.Open([]byte(text), note.VerifierList(verifier))
	if err != nil {
		return none, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		return none, errors.New("no checkpoint of this log")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return none, err
	}
	root, err := tlog.ParseHash(lines[2])
	return checkpoint{lines[0], size, root}, err
}

// openHead is step 2 of a client.
func openHead(in checkpoint, p headProof) (indexHead, error) {
	var head indexHead
	if err := json.Unmarshal(p.Leaf, &head); err != nil {
		return head, err
	}
	if head.V != "nhi.index/1" || head.Map != "nhi.map/1" || head.Origin != in.origin || len(head.Root) != 32 {
		return head, errors.New("the head is of something else")
	}
	i := p.LeafIndex
	if i < 0 || i >= in.size || head.Size < 0 || head.Size > i {
		return head, errors.New("the head cannot stand there")
	}
	inclusion, err := hashes(p.Inclusion)
	if err != nil {
		return head, err
	}
	if err := tlog.CheckRecord(inclusion, in.size, in.root, i, tlog.RecordHash(p.Leaf)); err != nil {
		return head, err
	}
	consistency, err := hashes(p.Consistency)
	if err != nil {
		return head, err
	}
	return head, tlog.CheckTree(consistency, in.size, in.root, head.Size, tlog.Hash(head.Root))
}

// checkLabel is steps 3 and 4 of a client: what a head says of a label.
func checkLabel(label b64, trie []pathNode, p *page, count int64, head indexHead) error {
	c := trieCase{Label: label, Present: p != nil, Nodes: trie, Root: head.Index}
	if p != nil {
		if n := len(p.Indices); n > 0 && p.Indices[n-1] >= head.Size {
			return errors.New("an index beyond the head")
		}
		var err error
		if c.Value, err = valueOfPage(*p, count); err != nil {
			return err
		}
	} else if count != 0 {
		return fmt.Errorf("absent, with a count of %d", count)
	}
	return checkTrie(c)
}
