package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// source fetches a resource of the log by its path below the base; each of at most 24 MiB.
type source func(path, contentType string) ([]byte, error)

const resourceBytesMax = 24 << 20

func newSource(o options) (source, error) {
	if (o.base == "") == (o.dir == "") {
		return nil, errors.New("give one of -url and -dir")
	}
	if o.dir != "" {
		return func(path, _ string) ([]byte, error) {
			return os.ReadFile(filepath.Join(o.dir, filepath.FromSlash(path)))
		}, nil
	}
	client := &http.Client{Timeout: o.timeout}
	return func(path, contentType string) ([]byte, error) {
		url := strings.TrimSuffix(o.base, "/") + "/" + path
		response, err := client.Get(url)
		if err != nil {
			return nil, err
		}
		defer response.Body.Close()
		if response.StatusCode != http.StatusOK {
			return nil, fmt.Errorf("%s: %s", url, response.Status)
		}
		if got := response.Header.Get("Content-Type"); got != contentType {
			return nil, fmt.Errorf("%s: content type %q, want %q", url, got, contentType)
		}
		body, err := io.ReadAll(io.LimitReader(response.Body, resourceBytesMax+1))
		if err == nil && len(body) > resourceBytesMax {
			err = fmt.Errorf("%s: too large", url)
		}
		return body, err
	}, nil
}

const (
	textType   = "text/plain; charset=utf-8"
	binaryType = "application/octet-stream"
)

// openCheckpoint verifies the note and reads its three lines; more lines or another origin are refused.
func openCheckpoint(src source, o options) (tlog.Tree, error) {
	raw, err := src(o.checkpoint, textType)
	if err != nil {
		return tlog.Tree{}, err
	}
	verifier, err := note.NewVerifier(o.vkey)
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(raw, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[3] != "" {
		return tlog.Tree{}, fmt.Errorf("%d lines, want 3", len(lines)-1)
	}
	if lines[0] != verifier.Name() {
		return tlog.Tree{}, fmt.Errorf("origin %q, the key is of %q", lines[0], verifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return tlog.Tree{}, fmt.Errorf("size %q", lines[1])
	}
	hash, err := base64.StdEncoding.Strict().DecodeString(lines[2])
	if err != nil || len(hash) != tlog.HashSize {
		return tlog.Tree{}, fmt.Errorf("root %q", lines[2])
	}
	return tlog.Tree{N: size, Hash: tlog.Hash(hash)}, nil
}

// ownTree is the tree that follows from the entries, in tlog's order of stored hashes.
type ownTree struct{ stored []tlog.Hash }

// ReadHashes implements tlog.HashReader.
func (t *ownTree) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		if index < 0 || index >= int64(len(t.stored)) {
			return nil, fmt.Errorf("no stored hash %d", index)
		}
		hashes[i] = t.stored[index]
	}
	return hashes, nil
}

func (t *ownTree) root(size int64) (tlog.Hash, error) { return tlog.TreeHash(size, t) }

func (t *ownTree) leaf(index int64) (tlog.Hash, error) {
	hashes, err := t.ReadHashes([]int64{tlog.StoredHashIndex(0, index)})
	if err != nil {
		return tlog.Hash{}, err
	}
	return hashes[0], nil
}

// readEntries reads every bundle of the tree and hashes every entry.
func readEntries(src source, size int64) (*ownTree, error) {
	own := &ownTree{}
	for start := int64(0); start < size; start += 256 {
		width := int(min(256, size-start))
		path := "tile/entries/" + tilePath(start/256, width)
		bundle, err := src(path, binaryType)
		if err != nil {
			return nil, err
		}
		for i := range width {
			if len(bundle) < 2 {
				return nil, fmt.Errorf("%s: ends before entry %d of %d", path, i, width)
			}
			length := int(binary.BigEndian.Uint16(bundle))
			if len(bundle) < 2+length {
				return nil, fmt.Errorf("%s: ends in entry %d", path, i)
			}
			hashes, err := tlog.StoredHashes(start+int64(i), bundle[2:2+length], own)
			if err != nil {
				return nil, err
			}
			own.stored = append(own.stored, hashes...)
			bundle = bundle[2+length:]
		}
		if len(bundle) > 0 {
			return nil, fmt.Errorf("%s: %d bytes behind its last entry", path, len(bundle))
		}
	}
	return own, nil
}

// tileReader implements tlog.TileReader over the paths of tlog-tiles, which lack the height of Go's.
type tileReader struct {
	src source
	// proven holds the tiles that TileHashReader found to be in the tree.
	proven map[tlog.Tile][]byte
}

// Height implements tlog.TileReader.
func (r *tileReader) Height() int { return 8 }

// ReadTiles implements tlog.TileReader.
func (r *tileReader) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	contents := make([][]byte, len(tiles))
	for i, tile := range tiles {
		if content, ok := r.proven[tile]; ok {
			contents[i] = content
			continue
		}
		path := fmt.Sprintf("tile/%d/%s", tile.L, tilePath(tile.N, tile.W))
		content, err := r.src(path, binaryType)
		if err != nil {
			return nil, err
		}
		if len(content) != tile.W*tlog.HashSize {
			return nil, fmt.Errorf("%s: %d bytes, want %d", path, len(content), tile.W*tlog.HashSize)
		}
		contents[i] = content
	}
	return contents, nil
}

// SaveTiles implements tlog.TileReader.
func (r *tileReader) SaveTiles(tiles []tlog.Tile, contents [][]byte) {
	for i, tile := range tiles {
		r.proven[tile] = bytes.Clone(contents[i])
	}
}

// tilePath writes N and width as tlog does, without `tile/8/L/` before it.
func tilePath(n int64, width int) string {
	return strings.TrimPrefix(tlog.Tile{H: 8, L: 0, N: n, W: width}.Path(), "tile/8/0/")
}
