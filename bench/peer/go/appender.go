package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/transparency-dev/tessera"
	"github.com/transparency-dev/tessera/storage/posix"
	"github.com/transparency-dev/tessera/storage/posix/antispam"
	"golang.org/x/mod/sumdb/note"
)

const origin = "localhost:2025/peer"

// The index of what was added follows the tree; Tessera refuses entries while it is this far behind. Its default of
// 2,048 refuses most of what these loads send, so it is told to wait much longer: that is to its advantage.
const followerBehindMax = 1 << 20

// appender is an open log.
type appender struct {
	add      tessera.AddFn
	reader   tessera.LogReader
	vkey     string
	shutdown func() error
}

func open(s settings) (*appender, error) {
	ctx, cancel := context.WithCancel(context.Background())
	signer, vkey, err := keyOf(s.dir + ".key")
	if err != nil {
		cancel()
		return nil, err
	}
	driver, err := posix.New(ctx, posix.Config{Path: s.dir})
	if err != nil {
		cancel()
		return nil, err
	}
	options := tessera.NewAppendOptions().
		WithCheckpointSigner(signer).
		WithCheckpointInterval(s.checkpoint).
		WithBatching(s.batch, s.age)
	if s.dedup {
		index, err := badger.NewAntispam(ctx, filepath.Join(s.dir, ".state", "antispam"),
			badger.AntispamOpts{PushbackThreshold: followerBehindMax})
		if err != nil {
			cancel()
			return nil, err
		}
		options = options.WithAntispam(tessera.DefaultAntispamInMemorySize, index)
	}
	opened, shutdown, reader, err := tessera.NewAppender(ctx, driver, options)
	if err != nil {
		cancel()
		return nil, err
	}
	end := func() error {
		defer cancel()
		return shutdown(ctx)
	}
	return &appender{add: opened.Add, reader: reader, vkey: vkey, shutdown: end}, nil
}

// keyOf reads the key of a log, or makes it.
func keyOf(path string) (note.Signer, string, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		skey, vkey, err := note.GenerateKey(rand.Reader, origin)
		if err != nil {
			return nil, "", err
		}
		text = fmt.Appendf(nil, "%s\n%s\n", skey, vkey)
		if err := os.WriteFile(path, text, 0o600); err != nil {
			return nil, "", err
		}
	} else if err != nil {
		return nil, "", err
	}
	var skey, vkey string
	if _, err := fmt.Sscan(string(text), &skey, &vkey); err != nil {
		return nil, "", fmt.Errorf("%s: %w", path, err)
	}
	signer, err := note.NewSigner(skey)
	return signer, vkey, err
}
