package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

type keys struct {
	vkey    string
	log     note.Verifier
	p256    *ecdsa.PublicKey
	p256DER string
}

func newKeys(vkey, p256 string) (*keys, error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return nil, err
	}
	k := &keys{vkey: vkey, log: verifier, p256DER: p256}
	if p256 == "" {
		return k, nil
	}
	der, err := base64.StdEncoding.DecodeString(p256)
	if err != nil {
		return nil, err
	}
	public, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return nil, err
	}
	key, ok := public.(*ecdsa.PublicKey)
	if !ok {
		return nil, errors.New("not an ECDSA key")
	}
	k.p256 = key
	return k, nil
}

// check tells that no honest log can have signed both heads.
func (p *proof) check(k *keys) error {
	for _, h := range []*head{p.first, p.second} {
		if err := h.verify(k); err != nil {
			return err
		}
	}
	if p.genesis != nil {
		if err := p.checkBinding(k); err != nil {
			return err
		}
	}
	switch p.kind {
	case "same-size":
		if p.first.size != p.second.size || bytes.Equal(p.first.root, p.second.root) {
			return errors.New("proves nothing: one head, or two sizes")
		}
	case "time-back":
		if p.first.isCheckpoint() || p.second.isCheckpoint() ||
			p.first.size >= p.second.size || p.first.time <= p.second.time {
			return errors.New("proves nothing: time and size grow together")
		}
	default:
		firstRoot, secondRoot, err := roots(p.first.size, p.second.size, p.path)
		if err != nil {
			return err
		}
		if !bytes.Equal(secondRoot, p.second.root) {
			return errors.New("proves nothing: the path is of another tree")
		}
		if bytes.Equal(firstRoot, p.first.root) {
			return errors.New("proves nothing: the first head is a prefix of the second")
		}
	}
	return nil
}

func (h *head) verify(k *keys) error {
	if h.isCheckpoint() {
		opened, err := note.Open(h.note, note.VerifierList(k.log))
		if err != nil {
			return fmt.Errorf("not signed: %w", err)
		}
		if origin, _, _ := strings.Cut(opened.Text, "\n"); origin != k.log.Name() {
			return fmt.Errorf("not signed: origin %q", origin)
		}
		return nil
	}
	if k.p256 == nil {
		return errors.New("proves nothing: no P-256 key")
	}
	// TreeHeadSignature of RFC 6962 §3.5: version v1, type tree_hash.
	input := []byte{0, 1}
	input = binary.BigEndian.AppendUint64(input, h.time)
	input = binary.BigEndian.AppendUint64(input, h.size)
	digest := sha256.Sum256(append(input, h.root...))
	if !ecdsa.VerifyASN1(k.p256, digest[:], h.signature) {
		return errors.New("not signed: tree head")
	}
	return nil
}

// A tree head does not say whose it is: leaf 0 of the tree that the checkpoint's key signed says so.
func (p *proof) checkBinding(k *keys) error {
	checkpoint := p.first
	if !checkpoint.isCheckpoint() {
		checkpoint = p.second
	}
	root := sha256.Sum256(append([]byte{0}, p.genesis...))
	size, used := checkpoint.size, 0
	for last := size - 1; size > 0 && last > 0; last >>= 1 {
		if used == len(p.genesisPath) {
			return errors.New("proves nothing: the path of the genesis leaf is too short")
		}
		root = node(root[:], p.genesisPath[used])
		used++
	}
	if size == 0 || used != len(p.genesisPath) || !bytes.Equal(root[:], checkpoint.root) {
		return errors.New("proves nothing: the genesis leaf is not leaf 0")
	}
	var leaf struct {
		V    string
		Keys struct{ Ed25519, P256 string }
	}
	if err := json.Unmarshal(p.genesis, &leaf); err != nil {
		return errors.New("proves nothing: the genesis leaf is not JSON")
	}
	if leaf.V != "nhi.genesis/1" || leaf.Keys.Ed25519 != k.vkey || leaf.Keys.P256 != k.p256DER {
		return errors.New("proves nothing: the genesis leaf does not bind the keys")
	}
	return nil
}

// roots follows the verification of RFC 9162 §2.1.4.2 from an explicit first node, and returns what it leads to.
func roots(first, second uint64, path [][]byte) (firstRoot, secondRoot []byte, err error) {
	if first < 1 || first >= second || len(path) == 0 {
		return nil, nil, errors.New("malformed: no path between these sizes")
	}
	fn, sn := first-1, second-1
	for fn&1 == 1 {
		fn >>= 1
		sn >>= 1
	}
	fr, sr := path[0], path[0]
	for _, sibling := range path[1:] {
		if sn == 0 {
			return nil, nil, errors.New("malformed: the path is too long")
		}
		if fn&1 == 1 || fn == sn {
			f, s := node(sibling, fr), node(sibling, sr)
			fr, sr = f[:], s[:]
			for fn&1 == 0 && fn != 0 {
				fn >>= 1
				sn >>= 1
			}
		} else {
			s := node(sr, sibling)
			sr = s[:]
		}
		fn >>= 1
		sn >>= 1
	}
	if sn != 0 {
		return nil, nil, errors.New("malformed: the path is too short")
	}
	return fr, sr, nil
}

func node(left, right []byte) [32]byte {
	return sha256.Sum256(append(append([]byte{1}, left...), right...))
}
