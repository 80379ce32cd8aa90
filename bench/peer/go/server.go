package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	"github.com/transparency-dev/tessera"
)

// serve answers until SIGTERM. The handler is that of Tessera's own example; the body is read into a slice of its
// length, and a wait for the published proof is added.
func serve(s settings, listen string) error {
	log, err := open(s)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	proofs := newProver(ctx, log)

	mux := http.NewServeMux()
	mux.HandleFunc("POST /add", func(w http.ResponseWriter, r *http.Request) {
		body, err := readBody(r)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		future := log.add(r.Context(), tessera.NewEntry(body))
		if r.URL.RawQuery == "wait=published" {
			proof, err := proofs.await(r.Context(), future)
			if err != nil {
				http.Error(w, err.Error(), http.StatusServiceUnavailable)
				return
			}
			w.Write(proof)
			return
		}
		index, err := future()
		if err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		w.Write(strconv.AppendUint(nil, index.Index, 10))
	})
	files := http.FileServer(http.Dir(s.dir))
	mux.Handle("GET /checkpoint", withCaching("no-cache", files))
	mux.Handle("GET /tile/", withCaching("max-age=31536000, immutable", files))

	listener, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	tell(map[string]string{
		"url":    fmt.Sprintf("http://%s", listener.Addr()),
		"origin": origin,
		"vkey":   log.vkey,
	})
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	if err := server.Shutdown(context.Background()); err != nil {
		return err
	}
	if err := log.shutdown(); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	return nil
}

func readBody(r *http.Request) ([]byte, error) {
	if r.ContentLength < 0 || r.ContentLength > 1<<16 {
		return nil, fmt.Errorf("a body of %d bytes", r.ContentLength)
	}
	body := make([]byte, r.ContentLength)
	_, err := io.ReadFull(r.Body, body)
	return body, err
}

func withCaching(value string, handler http.Handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", value)
		handler.ServeHTTP(w, r)
	}
}
