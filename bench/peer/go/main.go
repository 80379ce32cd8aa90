// The peer of Varve's benchmarks: Tessera's POSIX appender behind a minimal HTTP handler, and alone in this process.
//
//	peer serve   -dir D -batch 256 -age 250ms    POST /add answers with the index once the entry is integrated on disk
//	peer fill    -dir D -count N                 appends N entries
//	peer library -dir D -seconds 3               how many entries a second the library alone takes
//
// What a command found is one line of JSON on stdout. The folder's key is made with it, and lies beside it.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"time"
)

// settings are what the benchmark varies, and the folder of the log.
type settings struct {
	dir        string
	batch      uint
	age        time.Duration
	checkpoint time.Duration
	dedup      bool
}

func main() {
	log.SetFlags(0)
	if len(os.Args) < 2 {
		log.Fatal("peer serve | fill | library")
	}
	var s settings
	flags := flag.NewFlagSet(os.Args[1], flag.ExitOnError)
	flags.StringVar(&s.dir, "dir", "", "folder of the log")
	flags.UintVar(&s.batch, "batch", 256, "entries of a batch, at most")
	flags.DurationVar(&s.age, "age", 250*time.Millisecond, "age of a batch, at most")
	flags.DurationVar(&s.checkpoint, "checkpoint", 100*time.Millisecond, "time between checkpoints, at least 100 ms")
	flags.BoolVar(&s.dedup, "dedup", false, "keep Tessera's index of what was added (antispam, in badger)")
	listen := flags.String("listen", "127.0.0.1:0", "address of serve")
	count := flags.Int("count", 0, "entries of fill")
	size := flags.Int("size", 700, "bytes of an entry of fill and library")
	seconds := flags.Float64("seconds", 3, "time that library measures")
	warm := flags.Float64("warm", 1, "time before that")
	producers := flags.Int("producers", 8, "how many add at a time in library")
	burst := flags.Int("burst", 1000, "entries that each of them adds before it waits for all")
	if err := flags.Parse(os.Args[2:]); err != nil || s.dir == "" {
		log.Fatal("-dir is missing")
	}
	var found any
	var err error
	switch os.Args[1] {
	case "serve":
		err = serve(s, *listen)
	case "fill":
		found, err = fill(s, *count, *size)
	case "library":
		found, err = library(s, load{*producers, *burst, *size, *warm, *seconds})
	default:
		err = fmt.Errorf("no command %q", os.Args[1])
	}
	if err != nil {
		log.Fatal(err)
	}
	if found != nil {
		tell(found)
	}
}

func tell(found any) {
	if err := json.NewEncoder(os.Stdout).Encode(found); err != nil {
		log.Fatal(err)
	}
}
