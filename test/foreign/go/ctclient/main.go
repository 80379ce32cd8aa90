// Ctclient reads a log with the client of github.com/google/certificate-transparency-go: the signed tree head, all
// entries by pages, inclusion proofs at two sizes, consistency proofs, and bad requests. It prints how much it checked,
// and exits with 1 and a reason at the first thing that does not hold.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"strings"
	"time"

	ct "github.com/google/certificate-transparency-go"
	"github.com/google/certificate-transparency-go/client"
	"github.com/google/certificate-transparency-go/jsonclient"
	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
)

type judge struct {
	base   string
	log    *client.LogClient
	ctx    context.Context
	head   *ct.SignedTreeHead
	leaves [][]byte
	roots  [][]byte
	random *rand.Rand
}

func main() {
	base := flag.String("url", "", "base URL of the log, without ct/v1")
	key := flag.String("key", "", "PEM of the log's P-256 public key")
	size := flag.Uint64("size", 0, "least size that the log must have")
	page := flag.Int64("page", 300, "entries to ask for at once")
	inclusion := flag.Int("inclusion", 50, "leaves to prove, at two sizes each")
	consistency := flag.Int("consistency", 100, "pairs of sizes to prove")
	flag.Parse()

	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Second)
	defer cancel()
	said, err := check(ctx, *base, *key, *size, *page, *inclusion, *consistency)
	if err != nil {
		fmt.Fprintf(os.Stderr, "ctclient: refused: %v\n", err)
		os.Exit(1)
	}
	fmt.Println(said)
}

func check(ctx context.Context, base, key string, size uint64, page int64, inclusion, consistency int) (string, error) {
	log, err := client.New(base, &http.Client{Timeout: 20 * time.Second}, jsonclient.Options{PublicKey: key})
	if err != nil {
		return "", err
	}
	j := &judge{base: base, log: log, ctx: ctx, random: rand.New(rand.NewPCG(1, size))}
	if j.head, err = j.treeHead(); err != nil {
		return "", fmt.Errorf("get-sth: %w", err)
	}
	if j.head.TreeSize < size || j.head.TreeSize < 2 {
		return "", fmt.Errorf("get-sth: size %d", j.head.TreeSize)
	}
	pages, err := j.readEntries(page)
	if err != nil {
		return "", fmt.Errorf("get-entries: %w", err)
	}
	proofs := 0
	for range inclusion {
		n, err := j.checkInclusion(j.random.Uint64N(j.head.TreeSize))
		if err != nil {
			return "", fmt.Errorf("inclusion: %w", err)
		}
		proofs += n
	}
	for i := range consistency {
		if err := j.checkConsistency(i); err != nil {
			return "", fmt.Errorf("get-sth-consistency: %w", err)
		}
	}
	bad, err := j.checkBadRequests()
	if err != nil {
		return "", fmt.Errorf("bad request: %w", err)
	}
	if err := j.checkNewerHead(); err != nil {
		return "", err
	}
	return fmt.Sprintf("checked %d entries in %d pages, %d inclusion, %d consistency, %d bad requests",
		len(j.leaves), pages, proofs, consistency, bad), nil
}

// treeHead reads the head; the client verifies its signature because it was given the key.
func (j *judge) treeHead() (*ct.SignedTreeHead, error) {
	head, err := j.log.GetSTH(j.ctx)
	if err != nil {
		return nil, err
	}
	if err := j.log.VerifySTHSignature(*head); err != nil {
		return nil, err
	}
	later := *head
	later.Timestamp++
	if j.log.VerifySTHSignature(later) == nil {
		return nil, errors.New("another time was accepted")
	}
	return head, nil
}

// readEntries reads all raw entries and derives the root of every size.
func (j *judge) readEntries(page int64) (int, error) {
	edge := (&compact.RangeFactory{Hash: rfc6962.DefaultHasher.HashChildren}).NewEmptyRange(0)
	pages := 0
	for next := int64(0); next < int64(j.head.TreeSize); pages++ {
		end := min(next+page, int64(j.head.TreeSize)) - 1
		reply, err := j.log.GetRawEntries(j.ctx, next, end)
		if err != nil {
			return 0, err
		}
		count := int64(len(reply.Entries))
		if count == 0 || count > end-next+1 {
			return 0, fmt.Errorf("%d entries from %d to %d", count, next, end)
		}
		for _, entry := range reply.Entries {
			hash := rfc6962.DefaultHasher.HashLeaf(entry.LeafInput)
			if err := edge.Append(hash, nil); err != nil {
				return 0, err
			}
			root, err := edge.GetRootHash(nil)
			if err != nil {
				return 0, err
			}
			j.leaves = append(j.leaves, hash)
			j.roots = append(j.roots, root)
		}
		next += count
	}
	if root := j.root(j.head.TreeSize); !bytes.Equal(root, j.head.SHA256RootHash[:]) {
		return 0, fmt.Errorf("root of the entries is %x, the head says %x", root, j.head.SHA256RootHash)
	}
	return pages, nil
}

func (j *judge) root(size uint64) []byte { return j.roots[size-1] }

// checkInclusion proves a leaf at the size of the head and at a smaller one, by both ways to ask.
func (j *judge) checkInclusion(index uint64) (int, error) {
	checked := 0
	for _, size := range []uint64{j.head.TreeSize, index + 1 + j.random.Uint64N(j.head.TreeSize-index)} {
		leaf := j.leaves[index]
		byHash, err := j.log.GetProofByHash(j.ctx, leaf, size)
		if err != nil {
			return 0, err
		}
		if byHash.LeafIndex != int64(index) {
			return 0, fmt.Errorf("leaf %d is said to be at %d", index, byHash.LeafIndex)
		}
		byIndex, err := j.log.GetEntryAndProof(j.ctx, index, size)
		if err != nil {
			return 0, err
		}
		if !bytes.Equal(rfc6962.DefaultHasher.HashLeaf(byIndex.LeafInput), leaf) {
			return 0, fmt.Errorf("get-entry-and-proof of %d has another leaf", index)
		}
		for _, path := range [][][]byte{byHash.AuditPath, byIndex.AuditPath} {
			if path == nil {
				return 0, errors.New("an empty path must be [], not null or left out")
			}
			if err := proof.VerifyInclusion(rfc6962.DefaultHasher, index, size, leaf, path, j.root(size)); err != nil {
				return 0, err
			}
			checked++
		}
	}
	return checked, nil
}

func (j *judge) checkConsistency(i int) error {
	first := 1 + j.random.Uint64N(j.head.TreeSize)
	second := first + j.random.Uint64N(j.head.TreeSize-first+1)
	if i == 0 {
		first, second = j.head.TreeSize, j.head.TreeSize
	}
	path, err := j.log.GetSTHConsistency(j.ctx, first, second)
	if err != nil {
		return err
	}
	if path == nil {
		return errors.New("an empty path must be [], not null or left out")
	}
	return proof.VerifyConsistency(rfc6962.DefaultHasher, first, second, path, j.root(first), j.root(second))
}

// checkBadRequests asks for what there is not; each must be refused by a status of 4xx and words.
func (j *judge) checkBadRequests() (int, error) {
	beyond := j.head.TreeSize + 1_000_000
	hash := "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
	queries := []string{
		"get-sth-consistency", "get-sth-consistency?first=1", "get-sth-consistency?first=2&second=1",
		"get-sth-consistency?first=-1&second=1", "get-sth-consistency?first=1&second=1e1",
		fmt.Sprintf("get-sth-consistency?first=1&second=%d", beyond),
		"get-proof-by-hash", "get-proof-by-hash?hash=" + hash, "get-proof-by-hash?hash=!&tree_size=1",
		"get-proof-by-hash?hash=AAAA&tree_size=1", "get-proof-by-hash?hash=" + hash + "&tree_size=1",
		fmt.Sprintf("get-proof-by-hash?hash=%s&tree_size=%d", hash, beyond),
		"get-entries", "get-entries?start=0", "get-entries?start=1&end=0", "get-entries?start=-1&end=0",
		fmt.Sprintf("get-entries?start=%d&end=%d", beyond, beyond), "get-entries?start=a&end=b",
		"get-entry-and-proof", "get-entry-and-proof?leaf_index=0&tree_size=0",
		"get-entry-and-proof?leaf_index=1&tree_size=1",
		fmt.Sprintf("get-entry-and-proof?leaf_index=0&tree_size=%d", beyond),
		"get-nothing",
	}
	for _, query := range queries {
		url := strings.TrimSuffix(j.base, "/") + "/ct/v1/" + query
		reply, err := http.Get(url)
		if err != nil {
			return 0, err
		}
		words, err := io.ReadAll(reply.Body)
		reply.Body.Close()
		if err != nil {
			return 0, err
		}
		if reply.StatusCode < 400 || reply.StatusCode > 499 || len(words) == 0 {
			return 0, fmt.Errorf("%s: %s %q", query, reply.Status, words)
		}
	}
	if _, err := j.log.GetProofByHash(j.ctx, make([]byte, 32), j.head.TreeSize); err == nil {
		return 0, errors.New("a proof of a leaf that is not there")
	}
	return len(queries) + 1, nil
}

// checkNewerHead holds a later head against the first: it grew, and its time went on if it is another one.
func (j *judge) checkNewerHead() error {
	newer, err := j.treeHead()
	if err != nil {
		return fmt.Errorf("get-sth, later: %w", err)
	}
	if newer.TreeSize < j.head.TreeSize || newer.Timestamp < j.head.Timestamp ||
		(newer.TreeSize > j.head.TreeSize && newer.Timestamp == j.head.Timestamp) {
		return fmt.Errorf("size %d at %d, later %d at %d",
			j.head.TreeSize, j.head.Timestamp, newer.TreeSize, newer.Timestamp)
	}
	path, err := j.log.GetSTHConsistency(j.ctx, j.head.TreeSize, newer.TreeSize)
	if err != nil {
		return err
	}
	return proof.VerifyConsistency(rfc6962.DefaultHasher, j.head.TreeSize, newer.TreeSize, path,
		j.root(j.head.TreeSize), newer.SHA256RootHash[:])
}
