package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"

	"filippo.io/torchwood/prefix"
)

type key struct {
	Label b64 `json:"label"`
	Value b64 `json:"value"`
}

type lookup struct {
	Label   b64        `json:"label"`
	Present bool       `json:"present"`
	Nodes   []pathNode `json:"nodes"`
}

type refused struct {
	Name string `json:"name"`
	trieCase
	// Does torchwood v0.9.0 accept it without the checks in front?
	Torchwood bool `json:"acceptedByTorchwood"`
}

type vector struct {
	Name    string    `json:"name"`
	Keys    []key     `json:"keys"`
	Root    b64       `json:"root"`
	Lookups []lookup  `json:"lookups"`
	Refused []refused `json:"refused,omitempty"`
}

type trie struct {
	store prefix.Storage
	tree  *prefix.Tree
	keys  map[string][]byte
}

var ctx = context.Background()

func newTrie(keys []key) (*trie, error) {
	t := &trie{store: prefix.NewMemoryStorage(), keys: map[string][]byte{}}
	if err := prefix.InitStorage(ctx, sha256.Sum256, t.store); err != nil {
		return nil, err
	}
	t.tree = prefix.NewTree(sha256.Sum256, t.store)
	for _, k := range keys {
		if err := t.tree.Insert(ctx, [32]byte(k.Label), [32]byte(k.Value)); err != nil {
			return nil, err
		}
		t.keys[string(k.Label)] = k.Value
	}
	return t, nil
}

func (t *trie) root() (b64, error) {
	root, err := t.tree.RootHash(ctx)
	return root[:], err
}

// node writes a node as a path does: with its value, made of its children, and not its hash.
func (t *trie) node(label prefix.Label) (pathNode, error) {
	n := pathNode{Bits: int(label.BitLen()), Label: bytes.Clone(label.Bytes())}
	if label == prefix.EmptyNodeLabel {
		n.Value = emptyValue
		return n, nil
	}
	if label.IsLeaf() {
		n.Value = t.keys[string(label.Bytes())]
		return n, nil
	}
	node, err := t.store.Load(ctx, label)
	if err != nil {
		return n, err
	}
	left, err := t.store.Load(ctx, node.Left)
	if err != nil {
		return n, err
	}
	right, err := t.store.Load(ctx, node.Right)
	if err != nil {
		return n, err
	}
	value := H(left.Hash[:], right.Hash[:])
	n.Value = value[:]
	if H(n.Value, lab(n.Bits, n.Label)) != node.Hash {
		return n, fmt.Errorf("node %s has another hash", label)
	}
	return n, nil
}

func (t *trie) lookup(label []byte) (lookup, error) {
	present, proof, err := t.tree.Lookup(ctx, [32]byte(label))
	l := lookup{Label: label, Present: present, Nodes: []pathNode{}}
	if err != nil {
		return l, err
	}
	for _, p := range proof {
		n, err := t.node(p.Label)
		if err != nil {
			return l, err
		}
		l.Nodes = append(l.Nodes, n)
	}
	// On the missing side of the root torchwood leaves out the empty sibling, and its verifier refuses what is left.
	if root, err := t.store.Load(ctx, prefix.RootLabel); err != nil {
		return l, err
	} else if (root.Left == prefix.EmptyNodeLabel || root.Right == prefix.EmptyNodeLabel) &&
		(len(l.Nodes) == 0 || !isEmpty(l.Nodes[len(l.Nodes)-1])) {
		n, _ := t.node(prefix.EmptyNodeLabel)
		l.Nodes = append(l.Nodes, n)
	}
	return l, nil
}

// at makes a label: the given first bits, then a filling, then last bytes.
func at(bits string, fill byte, last ...byte) b64 {
	label := bytes.Repeat([]byte{fill}, 32)
	for i, bit := range bits {
		label[i/8] &^= 1 << (7 - i%8)
		label[i/8] |= byte(bit-'0') << (7 - i%8)
	}
	copy(label[32-len(last):], last)
	return label
}

func keysOf(labels ...b64) []key {
	keys := make([]key, len(labels))
	for i, label := range labels {
		value := H([]byte("value"), label)
		keys[i] = key{Label: label, Value: value[:]}
	}
	return keys
}

func random(n int, mask byte) []key {
	labels := make([]b64, n)
	for i := range labels {
		h := H([]byte{byte(i)}, []byte("label"))
		labels[i] = h[:]
		labels[i][0] &= mask
	}
	return keysOf(labels...)
}

func makeVectors(file string) error {
	tries := []struct {
		name  string
		keys  []key
		asked []b64
	}{
		{"empty", nil, []b64{at("0", 0), at("1", 255)}},
		{"one key, on the left", keysOf(at("0", 9)), []b64{at("0", 9), at("0", 8), at("1", 9)}},
		{"one key, on the right", keysOf(at("1", 9)), []b64{at("1", 9), at("1", 8), at("0", 9)}},
		{"a key on each side", keysOf(at("0", 9), at("1", 9)), []b64{at("0", 9), at("1", 9), at("01", 1), at("11", 1)}},
		{"all labels 0 and all 1", keysOf(at("", 0), at("", 255)), []b64{at("", 0), at("", 255), at("", 1)}},
		{"a label with the bytes of the empty one", keysOf(at("", 1), at("", 2)), []b64{at("", 1), at("", 2), at("", 3), at("1", 1)}},
		{"two keys that share 255 bits", keysOf(at("", 7, 2), at("", 7, 3)), []b64{at("", 7, 2), at("", 7, 3), at("", 7, 4), at("1", 7)}},
		{"a chain of long prefixes", keysOf(at("", 7, 0), at("", 7, 1), at("", 7, 2, 0), at("", 7, 4, 0, 0), at("", 7, 8, 0, 0, 0), at("", 0)),
			[]b64{at("", 7, 0), at("", 7, 2, 0), at("", 7, 9, 9), at("", 7, 3), at("", 7, 8, 0, 0, 0), at("1", 0)}},
		{"many keys, one side alone", random(20, 0x7f), []b64{random(20, 0x7f)[3].Label, at("1", 3), at("0", 3)}},
		{"many keys", random(40, 0xff), []b64{random(40, 0xff)[0].Label, random(40, 0xff)[39].Label, at("", 0), at("", 255), at("0101", 6)}},
	}
	var vectors []vector
	for _, one := range tries {
		t, err := newTrie(one.keys)
		if err != nil {
			return err
		}
		v := vector{Name: one.name, Keys: one.keys}
		if v.Keys == nil {
			v.Keys = []key{}
		}
		if v.Root, err = t.root(); err != nil {
			return err
		}
		for _, label := range one.asked {
			l, err := t.lookup(label)
			if err != nil {
				return err
			}
			c := trieCase{Label: l.Label, Present: l.Present, Value: t.keys[string(label)], Nodes: l.Nodes, Root: v.Root}
			if err := checkTrie(c); err != nil {
				return fmt.Errorf("%s: %w", one.name, err)
			}
			v.Lookups = append(v.Lookups, l)
			v.Refused = append(v.Refused, forgeries(t, c)...)
		}
		vectors = append(vectors, v)
	}
	out, err := json.MarshalIndent(map[string]any{
		"description": "Tries made by filippo.io/torchwood/prefix v0.9.0: keys with their values, the root, paths of labels that are there and not, and paths that prove nothing. acceptedByTorchwood tells of those which its own verifier takes for a proof. 32 bytes each, base64.",
		"vectors":     vectors,
	}, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(out, '\n'), 0o644)
}

// forgeries are paths that show of a label what is not so.
func forgeries(t *trie, c trieCase) []refused {
	var made []refused
	add := func(name string, nodes []pathNode, present bool, raw []prefix.ProofNode) {
		r := refused{Name: name, trieCase: trieCase{Label: c.Label, Present: present, Nodes: nodes, Root: c.Root}}
		if present {
			r.Value = c.Value
		}
		if checkTrie(r.trieCase) == nil {
			panic("accepted: " + name)
		}
		if raw != nil {
			r.Torchwood = prefix.VerifyNonMembershipProof(sha256.Sum256, [32]byte(c.Label), raw, [32]byte(c.Root)) == nil
		}
		made = append(made, r)
	}
	root, _ := t.store.Load(ctx, prefix.RootLabel)
	if c.Present && root.Left != prefix.EmptyNodeLabel && root.Right != prefix.EmptyNodeLabel {
		own, other := root.Left, root.Right
		if c.Label[0]>>7 == 1 {
			own, other = other, own
		}
		ownNode, _ := t.store.Load(ctx, own)
		otherNode, _ := t.store.Load(ctx, other)
		a, _ := t.node(own)
		b, _ := t.node(other)
		forged := pathNode{Bits: 0, Label: emptyBytes, Value: a.Value}
		add("absent: the child above the label under the name of the empty node", []pathNode{b, forged}, false,
			[]prefix.ProofNode{{Label: other, Hash: otherNode.Hash}, {Label: prefix.EmptyNodeLabel, Hash: ownNode.Hash}})
		renamed := pathNode{Bits: 256, Label: append(b64(nil), c.Label...), Value: a.Value}
		renamed.Label[31] ^= 1
		label, _ := prefix.NewLabel(256, renamed.Label)
		add("absent: the child above the label under the name of another", []pathNode{renamed, b}, false,
			[]prefix.ProofNode{{Label: label, Hash: ownNode.Hash}, {Label: other, Hash: otherNode.Hash}})
	}
	for i, n := range c.Nodes {
		if n.Bits > 0 && n.Bits < 256 {
			nodes := append([]pathNode(nil), c.Nodes...)
			nodes[i].Label = append(b64(nil), n.Label...)
			nodes[i].Label[31] ^= 1
			add("unused bits of a label", nodes, c.Present, nil)
			break
		}
	}
	if len(c.Nodes) > 1 {
		add("the lowest node is missing", c.Nodes[1:], c.Present, nil)
		add("the highest node is missing", c.Nodes[:len(c.Nodes)-1], c.Present, nil)
		swapped := append([]pathNode(nil), c.Nodes...)
		swapped[0], swapped[1] = swapped[1], swapped[0]
		if !c.Present {
			add("the two lowest nodes in the other order", swapped, false, nil)
		}
	}
	if c.Present {
		add("absent, by the path of a label that is there", c.Nodes, false, nil)
	}
	return made
}
