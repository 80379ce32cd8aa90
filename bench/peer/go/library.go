package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/transparency-dev/tessera"
)

// load is what library puts on the appender: producers that each add a burst and wait for all of it, as connections
// that each send a body of lines do.
type load struct {
	producers int
	burst     int
	size      int
	warm      float64
	seconds   float64
}

type measured struct {
	Entries  int64     `json:"entries"`
	Seconds  float64   `json:"seconds"`
	Errors   int64     `json:"errors"`
	Burst    int       `json:"burst"`
	BurstsMs []float64 `json:"burstsMs"`
}

func library(s settings, l load) (*measured, error) {
	log, err := open(s)
	if err != nil {
		return nil, err
	}
	var entries, failures atomic.Int64
	var counting atomic.Bool
	var mu sync.Mutex
	var bursts []float64
	ctx, stop := context.WithCancel(context.Background())
	var group sync.WaitGroup
	for range l.producers {
		group.Go(func() {
			random := newEntries(l.size)
			for ctx.Err() == nil {
				started, counted := time.Now(), counting.Load()
				failed := addAll(log, random, l.burst)
				if !counting.Load() {
					continue
				}
				entries.Add(int64(l.burst) - failed)
				failures.Add(failed)
				if counted {
					mu.Lock()
					bursts = append(bursts, float64(time.Since(started).Microseconds())/1000)
					mu.Unlock()
				}
			}
		})
	}
	time.Sleep(time.Duration(l.warm * float64(time.Second)))
	started := time.Now()
	counting.Store(true)
	time.Sleep(time.Duration(l.seconds * float64(time.Second)))
	counting.Store(false)
	seconds := time.Since(started).Seconds()
	stop()
	group.Wait()
	slices.Sort(bursts)
	found := &measured{entries.Load(), seconds, failures.Load(), l.burst, bursts}
	return found, log.shutdown()
}

func fill(s settings, count, size int) (any, error) {
	log, err := open(s)
	if err != nil {
		return nil, err
	}
	const producers, burst = 4, 2048
	var left atomic.Int64
	var failures atomic.Int64
	left.Store(int64(count))
	var group sync.WaitGroup
	for range producers {
		group.Go(func() {
			random := newEntries(size)
			for {
				mine := min(left.Add(-burst)+burst, burst)
				if mine <= 0 {
					return
				}
				failures.Add(addAll(log, random, int(mine)))
			}
		})
	}
	group.Wait()
	if failures.Load() > 0 {
		return nil, fmt.Errorf("%d entries were refused", failures.Load())
	}
	return map[string]any{"entries": count, "vkey": log.vkey}, log.shutdown()
}

// addAll adds entries and waits for all of them; how many were refused.
func addAll(log *appender, random *entries, count int) int64 {
	futures := make([]tessera.IndexFuture, 0, count)
	for range count {
		futures = append(futures, log.add(context.Background(), tessera.NewEntry(random.next())))
	}
	var failed int64
	for _, future := range futures {
		if _, err := future(); err != nil {
			failed++
		}
	}
	return failed
}

// entries makes entries that differ: 75 random characters, as the events of the benchmark have, in a fixed rest.
type entries struct {
	random *rand.Rand
	size   int
}

func newEntries(size int) *entries {
	return &entries{rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64())), size}
}

func (e *entries) next() []byte {
	const digits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_"
	entry := make([]byte, e.size)
	for i := range entry {
		entry[i] = digits[i%64]
	}
	for i := 0; i < min(75, e.size); {
		for bits, left := e.random.Uint64(), 10; left > 0 && i < min(75, e.size); left-- {
			entry[i] = digits[bits%64]
			bits /= 64
			i++
		}
	}
	return entry
}
