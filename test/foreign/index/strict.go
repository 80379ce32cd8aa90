package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"

	"filippo.io/torchwood/prefix"
)

// pathNode is a node of a path as spec/11-index.md §6 writes it.
type pathNode struct {
	Bits  int `json:"bits"`
	Label b64 `json:"label"`
	Value b64 `json:"value"`
}

type b64 []byte

func (b *b64) UnmarshalJSON(data []byte) error {
	if len(data) < 2 || data[0] != '"' {
		return errors.New("not a string")
	}
	text := string(data[1 : len(data)-1])
	raw, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil {
		return err
	}
	*b = raw
	return nil
}

func (b b64) MarshalJSON() ([]byte, error) {
	return []byte(`"` + base64.StdEncoding.EncodeToString(b) + `"`), nil
}

func H(parts ...[]byte) [32]byte { return sha256.Sum256(bytes.Join(parts, nil)) }

func lab(bits int, label []byte) []byte {
	h := H(binary.BigEndian.AppendUint32(nil, uint32(bits)), label)
	return h[:]
}

var (
	emptyBytes = bytes.Repeat([]byte{1}, 32)
	emptyValue = func() []byte {
		h00 := H([]byte{0})
		h := H(h00[:], lab(0, emptyBytes))
		return h[:]
	}()
)

func isEmpty(n pathNode) bool { return n.Bits == 0 && bytes.Equal(n.Label, emptyBytes) }

// checkNodes is §7.3 for each node alone: what torchwood does not check.
func checkNodes(nodes []pathNode) error {
	if len(nodes) > 257 {
		return fmt.Errorf("%d nodes", len(nodes))
	}
	for i, n := range nodes {
		if len(n.Label) != 32 || len(n.Value) != 32 {
			return errors.New("not 32 bytes")
		}
		if n.Bits < 0 || n.Bits > 256 {
			return fmt.Errorf("%d bits", n.Bits)
		}
		if n.Bits == 0 {
			if !isEmpty(n) || !bytes.Equal(n.Value, emptyValue) || i != len(nodes)-1 {
				return errors.New("a node without bits that is not the empty one at the root")
			}
			continue
		}
		for bit := n.Bits; bit < 256; bit++ {
			if n.Label[bit/8]>>(7-bit%8)&1 != 0 {
				return errors.New("unused bits are not 0")
			}
		}
	}
	return nil
}

func sharedBits(a, b []byte, most int) int {
	for i := range most {
		if (a[i/8]^b[i/8])>>(7-i%8)&1 != 0 {
			return i
		}
	}
	return most
}

// checkParents: every parent is strictly shorter than both its children, the empty node excepted.
func checkParents(bits int, label []byte, nodes []pathNode) error {
	for _, n := range nodes {
		shared := sharedBits(label, n.Label, min(bits, n.Bits))
		if shared >= bits || (shared >= n.Bits && !isEmpty(n)) {
			return errors.New("a parent is not shorter than its child")
		}
		bits = shared
	}
	if bits != 0 {
		return errors.New("the path ends below the root")
	}
	return nil
}

// proofOf makes torchwood's nodes: their hashes from value and label, so that the label is bound.
func proofOf(nodes []pathNode) ([]prefix.ProofNode, error) {
	proof := make([]prefix.ProofNode, 0, len(nodes))
	for _, n := range nodes {
		label, err := prefix.NewLabel(uint32(n.Bits), n.Label)
		if err != nil {
			return nil, err
		}
		proof = append(proof, prefix.ProofNode{Label: label, Hash: H(n.Value, lab(n.Bits, n.Label))})
	}
	return proof, nil
}

// checkTrie is steps 3 and 4 of a client on the trie: strict checks, then torchwood.
func checkTrie(c trieCase) error {
	if err := checkNodes(c.Nodes); err != nil {
		return err
	}
	proof, err := proofOf(c.Nodes)
	if err != nil {
		return err
	}
	if len(c.Label) != 32 || len(c.Root) != 32 {
		return errors.New("not 32 bytes")
	}
	if c.Present {
		if len(c.Value) != 32 {
			return errors.New("not 32 bytes")
		}
		if err := checkParents(256, c.Label, c.Nodes); err != nil {
			return err
		}
		return prefix.VerifyMembershipProof(sha256.Sum256, [32]byte(c.Label), [32]byte(c.Value), proof, [32]byte(c.Root))
	}
	if len(c.Nodes) > 1 {
		first := c.Nodes[0]
		if err := checkParents(first.Bits, first.Label, c.Nodes[1:]); err != nil {
			return err
		}
		second := c.Nodes[1]
		shared := sharedBits(first.Label, second.Label, min(first.Bits, second.Bits))
		if !isEmpty(second) && sharedBits(first.Label, c.Label, 256) <= shared {
			return errors.New("the children stand in the other order")
		}
	}
	return prefix.VerifyNonMembershipProof(sha256.Sum256, [32]byte(c.Label), proof, [32]byte(c.Root))
}
