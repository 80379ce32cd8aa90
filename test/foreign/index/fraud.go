package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"

	"golang.org/x/mod/sumdb/tlog"
)

// fraud is a fraud proof, spec/11-index.md §10.
type fraud struct {
	V          string     `json:"v"`
	Kind       string     `json:"kind"`
	Checkpoint string     `json:"checkpoint"`
	Head       headProof  `json:"head"`
	Other      *headProof `json:"other"`
	Entry      *struct {
		Index     int64 `json:"index"`
		Leaf      b64   `json:"leaf"`
		Inclusion []b64 `json:"inclusion"`
	} `json:"entry"`
	Label b64        `json:"label"`
	Trie  []pathNode `json:"trie"`
	Count int64      `json:"count"`
	Page  *page      `json:"page"`
}

// checkFraud verifies a fraud proof with the log's key alone, and says what it shows.
func checkFraud(vkey, file string) error {
	raw, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var f fraud
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&f); err != nil {
		return err
	}
	if f.V != "varve.index-fraud/1" {
		return errors.New("of another version")
	}
	signed, err := openCheckpoint(vkey, f.Checkpoint)
	if err != nil {
		return err
	}
	head, err := openHead(signed, f.Head)
	if err != nil {
		return err
	}
	if f.Kind == "double" {
		if f.Other == nil {
			return errors.New("no other head")
		}
		other, err := openHead(signed, *f.Other)
		if err != nil {
			return err
		}
		if f.Other.LeafIndex == f.Head.LeafIndex || other.Size != head.Size {
			return errors.New("no two heads of one size")
		}
		fmt.Printf("PROVES double: leaf %d and %d\n", f.Head.LeafIndex, f.Other.LeafIndex)
		return nil
	}
	if f.Entry == nil {
		return errors.New("no entry")
	}
	x := f.Entry.Index
	if x < 0 || x >= head.Size {
		return errors.New("the entry is not under the head")
	}
	inclusion, err := hashes(f.Entry.Inclusion)
	if err != nil {
		return err
	}
	if err := tlog.CheckRecord(inclusion, signed.size, signed.root, x, tlog.RecordHash(f.Entry.Leaf)); err != nil {
		return err
	}
	if err := checkLabel(f.Label, f.Trie, f.Page, f.Count, head); err != nil {
		return err
	}
	carries := slices.ContainsFunc(keysOfLeaf(string(f.Entry.Leaf)), func(key [2]string) bool {
		label := sha256.Sum256([]byte("nhi.map/1\n" + key[0] + "\n" + key[1]))
		return bytes.Equal(label[:], f.Label)
	})
	if carries != (f.Kind == "missing") {
		return fmt.Errorf("the entry carries the label: %v", carries)
	}
	switch f.Kind {
	case "missing":
		if f.Page != nil && !leavesOut(*f.Page, f.Count, x) {
			return errors.New("the entry may stand on another page")
		}
	case "false":
		if f.Page == nil || !slices.Contains(f.Page.Indices, x) {
			return errors.New("the page does not name the entry")
		}
	default:
		return errors.New("of another kind")
	}
	fmt.Printf("PROVES %s: entry %d, head at leaf %d\n", f.Kind, x, f.Head.LeafIndex)
	return nil
}

// leavesOut says whether a page shows that x is no index of its mini-log: both neighbours, or an end.
func leavesOut(p page, count, x int64) bool {
	at, found := slices.BinarySearch(p.Indices, x)
	if found {
		return false
	}
	begins := at > 0 || p.From == 0
	ends := at < len(p.Indices) || p.From+int64(len(p.Indices)) == count
	return len(p.Indices) > 0 && begins && ends
}
