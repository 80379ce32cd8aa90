package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"sync"
	"time"

	formats "github.com/transparency-dev/formats/log"
	"github.com/transparency-dev/tessera"
	"github.com/transparency-dev/tessera/client"
)

// How often Tessera's awaiter looks for a new checkpoint. A tenth of the least interval between two of them.
const pollPeriod = 10 * time.Millisecond

// prover makes proof files (C2SP tlog-proof), as Varve's /entries/{index}/proof answers with.
type prover struct {
	log     *appender
	awaiter *tessera.PublicationAwaiter

	mu         sync.Mutex
	checkpoint []byte
	builder    *client.ProofBuilder
}

func newProver(ctx context.Context, log *appender) *prover {
	return &prover{
		log:     log,
		awaiter: tessera.NewPublicationAwaiter(ctx, log.reader.ReadCheckpoint, pollPeriod),
	}
}

// await answers with the proof of an entry under the first published checkpoint that covers it.
func (p *prover) await(ctx context.Context, future tessera.IndexFuture) ([]byte, error) {
	index, checkpoint, err := p.awaiter.Await(ctx, future)
	if err != nil {
		return nil, err
	}
	path, err := p.prove(ctx, index.Index, checkpoint)
	if err != nil {
		return nil, err
	}
	file := fmt.Appendf(nil, "c2sp.org/tlog-proof@v1\nindex %d\n", index.Index)
	for _, hash := range path {
		file = base64.StdEncoding.AppendEncode(file, hash)
		file = append(file, '\n')
	}
	file = append(file, '\n')
	return append(file, checkpoint...), nil
}

func (p *prover) prove(ctx context.Context, index uint64, checkpoint []byte) ([][]byte, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !bytes.Equal(checkpoint, p.checkpoint) {
		var head formats.Checkpoint
		if _, err := head.Unmarshal(checkpoint); err != nil {
			return nil, err
		}
		builder, err := client.NewProofBuilder(ctx, head.Size, p.log.reader.ReadTile)
		if err != nil {
			return nil, err
		}
		p.checkpoint, p.builder = checkpoint, builder
	}
	if p.builder == nil {
		return nil, errors.New("no checkpoint")
	}
	return p.builder.InclusionProof(ctx, index)
}
