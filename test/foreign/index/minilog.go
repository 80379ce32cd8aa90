package main

import (
	"encoding/binary"
	"errors"

	"golang.org/x/mod/sumdb/tlog"
)

// page is a page of a mini-log as spec/11-index.md §5 writes it.
type page struct {
	From    int64   `json:"from"`
	Indices []int64 `json:"indices"`
	Left    []b64   `json:"left"`
	Right   []b64   `json:"right"`
}

func u64(n int64) []byte { return binary.BigEndian.AppendUint64(nil, uint64(n)) }

func valueOf(count int64, root tlog.Hash) []byte {
	h := H([]byte("nhi.minilog/1\n"), u64(count), root[:])
	return h[:]
}

// valueOfAll is VALUE from all leaves, by tlog alone.
func valueOfAll(indices []int64) ([]byte, error) {
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(at []int64) ([]tlog.Hash, error) {
		found := make([]tlog.Hash, len(at))
		for i, x := range at {
			found[i] = stored[x]
		}
		return found, nil
	})
	for n, index := range indices {
		hashes, err := tlog.StoredHashes(int64(n), u64(index), reader)
		if err != nil {
			return nil, err
		}
		stored = append(stored, hashes...)
	}
	root, err := tlog.TreeHash(int64(len(indices)), reader)
	if err != nil {
		return nil, err
	}
	return valueOf(int64(len(indices)), root), nil
}

// valueOfPage rebuilds VALUE from a page: the recursion of RFC 6962 over what left, indices and right cover.
func valueOfPage(p page, count int64) ([]byte, error) {
	to := p.From + int64(len(p.Indices))
	if p.From < 0 || to > count || count < 1 {
		return nil, errors.New("positions")
	}
	for i := 1; i < len(p.Indices); i++ {
		if p.Indices[i] <= p.Indices[i-1] {
			return nil, errors.New("indices do not increase")
		}
	}
	left, right := p.Left, p.Right
	take := func(hashes *[]b64) (tlog.Hash, error) {
		if len(*hashes) == 0 || len((*hashes)[0]) != 32 {
			return tlog.Hash{}, errors.New("a hash is missing")
		}
		h := tlog.Hash((*hashes)[0])
		*hashes = (*hashes)[1:]
		return h, nil
	}
	var mth func(lo, hi int64) (tlog.Hash, error)
	mth = func(lo, hi int64) (tlog.Hash, error) {
		// Only complete subtrees stand in a compact range; the right border of the tree is made of them.
		complete := (hi-lo)&(hi-lo-1) == 0
		if complete && hi <= p.From {
			return take(&left)
		}
		if complete && lo >= to {
			return take(&right)
		}
		if hi-lo == 1 {
			if p.Indices[lo-p.From] < 0 {
				return tlog.Hash{}, errors.New("negative index")
			}
			return tlog.RecordHash(u64(p.Indices[lo-p.From])), nil
		}
		k := int64(1)
		for k*2 < hi-lo {
			k *= 2
		}
		a, err := mth(lo, lo+k)
		if err != nil {
			return a, err
		}
		b, err := mth(lo+k, hi)
		return tlog.NodeHash(a, b), err
	}
	root, err := mth(0, count)
	if err != nil {
		return nil, err
	}
	if len(left) > 0 || len(right) > 0 {
		return nil, errors.New("hashes too many")
	}
	return valueOf(count, root), nil
}
