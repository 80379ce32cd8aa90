// Judge re-reads a whole tile log with golang.org/x/mod/sumdb, which nobody of Varve wrote: the checkpoint, every tile,
// every entry bundle, every entry, inclusion proofs and consistency proofs. It prints how much it checked, and exits
// with 1 and a reason at the first thing that does not hold.
package main

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

type options struct {
	base, dir, vkey, checkpoint string
	inclusion, consistency      int
	seed                        uint64
	timeout                     time.Duration
	least                       counts
	wantSize                    int64
}

// counts says how much was checked.
type counts struct{ entries, tiles, inclusion, consistency int64 }

func (c counts) String() string {
	return fmt.Sprintf("checked %d entries, %d tiles, %d inclusion, %d consistency",
		c.entries, c.tiles, c.inclusion, c.consistency)
}

func main() {
	var o options
	flag.StringVar(&o.base, "url", "", "base URL of the log")
	flag.StringVar(&o.dir, "dir", "", "folder that holds the log as files, instead of -url")
	flag.StringVar(&o.vkey, "vkey", "", "verifier key of the log")
	flag.StringVar(&o.checkpoint, "checkpoint", "checkpoint", "path of the checkpoint below the base")
	flag.IntVar(&o.inclusion, "inclusion", 200, "inclusion proofs to check, at most what the log has")
	flag.IntVar(&o.consistency, "consistency", 100, "consistency proofs to check, at most what the log has")
	flag.Uint64Var(&o.seed, "seed", 1, "seed of the choice of proofs")
	flag.DurationVar(&o.timeout, "timeout", 30*time.Second, "limit of one request")
	flag.Int64Var(&o.wantSize, "size", -1, "size that the log must have")
	flag.Int64Var(&o.least.entries, "min-entries", 0, "least entries to check")
	flag.Int64Var(&o.least.tiles, "min-tiles", 0, "least tiles to check")
	flag.Int64Var(&o.least.inclusion, "min-inclusion", 0, "least inclusion proofs to check")
	flag.Int64Var(&o.least.consistency, "min-consistency", 0, "least consistency proofs to check")
	flag.Parse()

	checked, err := judge(o)
	if err != nil {
		fmt.Fprintf(os.Stderr, "judge: refused: %v\n", err)
		os.Exit(1)
	}
	fmt.Println(checked)
	if l := o.least; checked.entries < l.entries || checked.tiles < l.tiles ||
		checked.inclusion < l.inclusion || checked.consistency < l.consistency {
		fmt.Fprintf(os.Stderr, "judge: checked less than asked: want %v\n", l)
		os.Exit(1)
	}
}

func judge(o options) (counts, error) {
	src, err := newSource(o)
	if err != nil {
		return counts{}, err
	}
	tree, err := openCheckpoint(src, o)
	if err != nil {
		return counts{}, fmt.Errorf("checkpoint: %w", err)
	}
	if o.wantSize >= 0 && tree.N != o.wantSize {
		return counts{}, fmt.Errorf("checkpoint: size %d, want %d", tree.N, o.wantSize)
	}

	own, err := readEntries(src, tree.N)
	if err != nil {
		return counts{}, fmt.Errorf("entries: %w", err)
	}
	root, err := own.root(tree.N)
	if err != nil {
		return counts{}, err
	}
	if root != tree.Hash {
		return counts{}, fmt.Errorf("root of the entries is %v, the checkpoint says %v", root, tree.Hash)
	}

	tiles := &tileReader{src: src, proven: map[tlog.Tile][]byte{}}
	if err := checkTiles(tiles, own, tree); err != nil {
		return counts{}, fmt.Errorf("tiles: %w", err)
	}
	c := counts{entries: tree.N, tiles: int64(len(tiles.proven))}
	if tree.N == 0 {
		return c, nil
	}

	// The hashes of the proofs come from the tiles alone, each proven by TileHashReader on its way.
	hashes := tlog.TileHashReader(tree, tiles)
	random := rand.New(rand.NewPCG(o.seed, uint64(tree.N)))
	for _, index := range choose(random, tree.N, o.inclusion) {
		if err := checkInclusion(hashes, own, tree, index, random); err != nil {
			return c, fmt.Errorf("inclusion of %d: %w", index, err)
		}
		c.inclusion++
	}
	for _, below := range choose(random, tree.N, o.consistency) {
		if err := checkConsistency(hashes, own, tree, below+1); err != nil {
			return c, fmt.Errorf("consistency of %d: %w", below+1, err)
		}
		c.consistency++
	}
	return c, nil
}

// checkTiles reads every hash of every tile of the tree through TileHashReader, and compares it with the one that
// follows from the entries.
func checkTiles(tiles *tileReader, own *ownTree, tree tlog.Tree) error {
	hashes := tlog.TileHashReader(tree, tiles)
	for level := 0; tree.N>>(8*level) > 0; level++ {
		width := tree.N >> (8 * level)
		for start := int64(0); start < width; start += 256 {
			var indexes []int64
			for n := start; n < min(start+256, width); n++ {
				indexes = append(indexes, tlog.StoredHashIndex(8*level, n))
			}
			served, err := hashes.ReadHashes(indexes)
			if err != nil {
				return fmt.Errorf("level %d from %d: %w", level, start, err)
			}
			derived, err := own.ReadHashes(indexes)
			if err != nil {
				return err
			}
			for i := range served {
				if served[i] != derived[i] {
					return fmt.Errorf("level %d hash %d: served %v, derived %v", level, start+int64(i), served[i], derived[i])
				}
			}
		}
	}
	if want := tilesOf(tree.N); len(tiles.proven) != want {
		return fmt.Errorf("proved %d tiles, a tree of %d entries has %d", len(tiles.proven), tree.N, want)
	}
	return nil
}

// tilesOf counts the tiles of a tree: per level, the full ones and a partial one if there is a rest.
func tilesOf(size int64) int {
	count := 0
	for ; size > 0; size >>= 8 {
		count += int((size + 255) / 256)
	}
	return count
}

// checkInclusion proves an entry in the tree, and in a smaller tree of a random size that holds it.
func checkInclusion(hashes tlog.HashReader, own *ownTree, tree tlog.Tree, index int64, random *rand.Rand) error {
	leaf, err := own.leaf(index)
	if err != nil {
		return err
	}
	for _, size := range []int64{tree.N, index + 1 + random.Int64N(tree.N-index)} {
		root, err := own.root(size)
		if err != nil {
			return err
		}
		proof, err := tlog.ProveRecord(size, index, hashes)
		if err != nil {
			return err
		}
		if err := tlog.CheckRecord(proof, size, root, index, leaf); err != nil {
			return err
		}
		// A check that accepts everything would accept the log too.
		leaf[0] ^= 1
		if tlog.CheckRecord(proof, size, root, index, leaf) == nil {
			return errors.New("another leaf was accepted")
		}
		leaf[0] ^= 1
	}
	return nil
}

func checkConsistency(hashes tlog.HashReader, own *ownTree, tree tlog.Tree, size int64) error {
	root, err := own.root(size)
	if err != nil {
		return err
	}
	proof, err := tlog.ProveTree(tree.N, size, hashes)
	if err != nil {
		return err
	}
	if err := tlog.CheckTree(proof, tree.N, tree.Hash, size, root); err != nil {
		return err
	}
	root[0] ^= 1
	if tlog.CheckTree(proof, tree.N, tree.Hash, size, root) == nil {
		return errors.New("another root was accepted")
	}
	return nil
}

// choose picks up to count numbers below n: the ones around the borders of tiles and the ends first, then random ones.
func choose(random *rand.Rand, n int64, count int) []int64 {
	picked := map[int64]bool{}
	var numbers []int64
	pick := func(x int64) {
		if x >= 0 && x < n && !picked[x] && len(numbers) < count {
			picked[x] = true
			numbers = append(numbers, x)
		}
	}
	for _, border := range []int64{0, n - 1, 256, 512, 65536, n / 256 * 256} {
		for _, x := range []int64{border, border - 1, border + 1} {
			pick(x)
		}
	}
	for power := int64(1); power < n; power *= 2 {
		pick(power - 1)
	}
	if n <= int64(count) {
		for x := range n {
			pick(x)
		}
	}
	for int64(len(numbers)) < min(n, int64(count)) {
		pick(random.Int64N(n))
	}
	return numbers
}
