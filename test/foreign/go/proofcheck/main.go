// Proofcheck verifies tlog-proof files with github.com/transparency-dev/formats and merkle: the file's form, the log's
// signature, the cosignatures that a policy asks for, and the inclusion of the leaf. It prints how many it checked, and
// exits with 1 and a reason at the first that does not hold.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/transparency-dev/formats/log"
	f_note "github.com/transparency-dev/formats/note"
	"github.com/transparency-dev/formats/proof"
	"github.com/transparency-dev/formats/witness"
	"github.com/transparency-dev/merkle/rfc6962"

	m_proof "github.com/transparency-dev/merkle/proof"
)

const suffix = ".tlog-proof"

func main() {
	vkey := flag.String("vkey", "", "verifier key of the log")
	policy := flag.String("policy", "", "file with the policy; none: cosignatures are not asked for")
	dir := flag.String("dir", "", "folder of pairs NAME.tlog-proof and NAME.leaf")
	least := flag.Int("min", 1, "least proofs to check")
	flag.Parse()

	checked, err := checkAll(*dir, *vkey, *policy)
	if err == nil && checked < *least {
		err = fmt.Errorf("checked %d proofs, want %d", checked, *least)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "proofcheck: refused: %v\n", err)
		os.Exit(1)
	}
	fmt.Printf("checked %d proofs\n", checked)
}

func checkAll(dir, vkey, policyFile string) (int, error) {
	verifier, err := f_note.NewVerifier(vkey)
	if err != nil {
		return 0, err
	}
	quorum := witness.NewGroup(0)
	if policyFile != "" {
		text, err := os.ReadFile(policyFile)
		if err != nil {
			return 0, err
		}
		if quorum, err = witness.ParsePolicy(text); err != nil {
			return 0, err
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"+suffix))
	if err != nil {
		return 0, err
	}
	sort.Strings(files)
	for i, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return i, err
		}
		leaf, err := os.ReadFile(strings.TrimSuffix(file, suffix) + ".leaf")
		if err != nil {
			return i, err
		}
		var p proof.TLogProof
		if err := p.Unmarshal(text); err != nil {
			return i, fmt.Errorf("%s: %w", filepath.Base(file), err)
		}
		if !bytes.Equal(p.Marshal(), text) {
			return i, fmt.Errorf("%s: written another way", filepath.Base(file))
		}
		checkpoint, rest, _, err := log.ParseCheckpoint(p.Checkpoint, verifier.Name(), verifier)
		if err != nil {
			return i, fmt.Errorf("%s: %w", filepath.Base(file), err)
		}
		if len(rest) > 0 {
			return i, fmt.Errorf("%s: %d bytes of extension lines", filepath.Base(file), len(rest))
		}
		if !quorum.Satisfied(p.Checkpoint) {
			return i, fmt.Errorf("%s: quorum not met", filepath.Base(file))
		}
		if err := checkInclusion(p, checkpoint, leaf); err != nil {
			return i, fmt.Errorf("%s: %w", filepath.Base(file), err)
		}
	}
	return len(files), nil
}

func checkInclusion(p proof.TLogProof, checkpoint *log.Checkpoint, leaf []byte) error {
	path := make([][]byte, len(p.Hashes))
	for i := range p.Hashes {
		path[i] = p.Hashes[i][:]
	}
	hash := rfc6962.DefaultHasher.HashLeaf(leaf)
	err := m_proof.VerifyInclusion(rfc6962.DefaultHasher, p.Index, checkpoint.Size, hash, path, checkpoint.Hash)
	if err != nil {
		return err
	}
	// A check that accepts everything would accept the log too.
	hash[0] ^= 1
	if m_proof.VerifyInclusion(rfc6962.DefaultHasher, p.Index, checkpoint.Size, hash, path, checkpoint.Hash) == nil {
		return errors.New("another leaf was accepted")
	}
	return nil
}
