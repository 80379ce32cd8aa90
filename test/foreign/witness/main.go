// Command witness is Tessera's log with Tessera's own witness client, for witnesses that we did not write and for ours.
//
//	witness keygen NAME                                       two lines: the private and the public key of a log
//	witness log -dir DIR -skey FILE -policy FILE -rounds N    appends N entries, each published at quorum
//	witness verify -vkey V -policy FILE                       a checkpoint on stdin: signed by V, and at quorum
//
// A line of JSON for each checkpoint that was published.
package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/transparency-dev/tessera"
	"github.com/transparency-dev/tessera/storage/posix"
	"golang.org/x/mod/sumdb/note"
)

func main() {
	if len(os.Args) < 2 {
		fail(fmt.Errorf("keygen, log or verify"))
	}
	args := os.Args[2:]
	switch os.Args[1] {
	case "keygen":
		skey, vkey, err := note.GenerateKey(rand.Reader, args[0])
		fail(err)
		fmt.Printf("%s\n%s\n", skey, vkey)
	case "log":
		runLog(args)
	case "verify":
		verify(args)
	default:
		fail(fmt.Errorf("unknown command %q", os.Args[1]))
	}
}

func runLog(args []string) {
	flags := flag.NewFlagSet("log", flag.ExitOnError)
	dir := flags.String("dir", "", "folder of the log")
	skeyFile := flags.String("skey", "", "file with the private key")
	policyFile := flags.String("policy", "", "file with the witnesses and their quorum")
	rounds := flags.Int("rounds", 3, "entries, each published before the next")
	entry := flags.String("entry", "entry", "what the entries begin with")
	limit := flags.Duration("limit", 20*time.Second, "time for all of it")
	fail(flags.Parse(args))

	ctx, cancel := context.WithTimeout(context.Background(), *limit)
	defer cancel()
	signer, err := note.NewSigner(strings.TrimSpace(string(read(*skeyFile))))
	fail(err)
	group, err := tessera.NewWitnessGroupFromPolicy(read(*policyFile))
	fail(err)
	driver, err := posix.New(ctx, posix.Config{Path: *dir})
	fail(err)
	options := tessera.NewAppendOptions().
		WithCheckpointSigner(signer).
		WithCheckpointInterval(200*time.Millisecond).
		WithBatching(1, 10*time.Millisecond).
		WithWitnesses(group, &tessera.WitnessOptions{Timeout: 2 * time.Second})
	appender, shutdown, reader, err := tessera.NewAppender(ctx, driver, options)
	fail(err)
	awaiter := tessera.NewPublicationAwaiter(ctx, reader.ReadCheckpoint, 50*time.Millisecond)
	for i := range *rounds {
		future := appender.Add(ctx, tessera.NewEntry(fmt.Appendf(nil, "%s %d", *entry, i)))
		index, checkpoint, err := awaiter.Await(ctx, future)
		fail(err)
		tell(index.Index, checkpoint, group.Satisfied(checkpoint))
	}
	fail(shutdown(ctx))
}

func verify(args []string) {
	flags := flag.NewFlagSet("verify", flag.ExitOnError)
	vkey := flags.String("vkey", "", "verifier key of the log")
	policyFile := flags.String("policy", "", "file with the witnesses and their quorum")
	fail(flags.Parse(args))
	checkpoint, err := io.ReadAll(os.Stdin)
	fail(err)
	verifier, err := note.NewVerifier(*vkey)
	fail(err)
	_, err = note.Open(checkpoint, note.VerifierList(verifier))
	fail(err)
	group, err := tessera.NewWitnessGroupFromPolicy(read(*policyFile))
	fail(err)
	if !group.Satisfied(checkpoint) {
		fail(fmt.Errorf("the checkpoint does not satisfy the policy"))
	}
	fmt.Println("at quorum")
}

func tell(index uint64, checkpoint []byte, satisfied bool) {
	line, err := json.Marshal(map[string]any{
		"index":      index,
		"checkpoint": string(checkpoint),
		"satisfied":  satisfied,
	})
	fail(err)
	fmt.Println(string(line))
}

func read(path string) []byte {
	bytes, err := os.ReadFile(path)
	fail(err)
	return bytes
}

func fail(err error) {
	if err == nil {
		return
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
