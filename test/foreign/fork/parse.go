package main

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

const fileMax = 2*1_000_000 + 100_000

// A head is a checkpoint (note) or an RFC 6962 head (signature).
type head struct {
	size      uint64
	root      []byte
	note      []byte
	time      uint64
	signature []byte
}

func (h *head) isCheckpoint() bool { return h.note != nil }

type proof struct {
	kind          string
	first, second *head
	genesis       []byte
	genesisPath   [][]byte
	path          [][]byte
}

func parse(file []byte) (*proof, error) {
	if len(file) > fileMax || !utf8.Valid(file) || !bytes.HasSuffix(file, []byte("\n")) {
		return nil, errors.New("too long, not UTF-8, or the last line does not end")
	}
	parts := strings.Split(strings.TrimSuffix(string(file), "\n"), "\n\n")
	lines := strings.Split(parts[0], "\n")
	if len(lines) < 4 || lines[0] != "varve/fork-proof@v1" {
		return nil, errors.New("not a fork proof")
	}
	kind, ok := strings.CutPrefix(lines[1], "kind ")
	if !ok || (kind != "same-size" && kind != "not-a-prefix" && kind != "time-back") {
		return nil, errors.New("no kind")
	}
	if len(parts)%2 != 1 {
		return nil, errors.New("half a note")
	}
	var notes [][]byte
	for i := 1; i < len(parts); i += 2 {
		if err := checkBase64(parts[i+1]); err != nil {
			return nil, err
		}
		notes = append(notes, []byte(parts[i]+"\n\n"+parts[i+1]+"\n"))
	}
	p := &proof{kind: kind}
	var err error
	if p.first, notes, err = parseHead(lines[2], notes); err != nil {
		return nil, err
	}
	if p.second, notes, err = parseHead(lines[3], notes); err != nil {
		return nil, err
	}
	if len(notes) > 0 {
		return nil, errors.New("a note too many")
	}
	if err := p.parseNodes(lines[4:]); err != nil {
		return nil, err
	}
	return p, p.checkShape()
}

// The note package takes base64 whose unused bits are set: two texts would be one signature.
func checkBase64(signatureLines string) error {
	for _, line := range strings.Split(signatureLines, "\n") {
		if _, err := decode(line[strings.LastIndexByte(line, ' ')+1:]); err != nil {
			return err
		}
	}
	return nil
}

func (p *proof) parseNodes(lines []string) error {
	var err error
	if len(lines) > 0 && strings.HasPrefix(lines[0], "genesis ") {
		if p.genesis, err = decode(strings.TrimPrefix(lines[0], "genesis ")); err != nil {
			return err
		}
		if p.genesis == nil {
			p.genesis = []byte{}
		}
		for lines = lines[1:]; len(lines) > 0 && strings.HasPrefix(lines[0], "genesis-node "); lines = lines[1:] {
			node, err := hash(strings.TrimPrefix(lines[0], "genesis-node "))
			if err != nil {
				return err
			}
			p.genesisPath = append(p.genesisPath, node)
		}
	}
	for _, line := range lines {
		text, ok := strings.CutPrefix(line, "node ")
		if !ok {
			return fmt.Errorf("a line of another kind: %q", line)
		}
		node, err := hash(text)
		if err != nil {
			return err
		}
		p.path = append(p.path, node)
	}
	return nil
}

func (p *proof) checkShape() error {
	if p.first.size > p.second.size ||
		(p.first.size == p.second.size && bytes.Compare(p.first.root, p.second.root) > 0) {
		return errors.New("the heads are not in order")
	}
	if (p.first.isCheckpoint() != p.second.isCheckpoint()) != (p.genesis != nil) {
		return errors.New("a genesis leaf belongs to two faces, and to nothing else")
	}
	if (len(p.path) > 0) != (p.kind == "not-a-prefix") {
		return errors.New("a path belongs to not-a-prefix, and to nothing else")
	}
	return nil
}

var treeHeadLine = regexp.MustCompile(`^head tree-head (0|[1-9]\d{0,15}) (0|[1-9]\d{0,15}) (\S{44}) (\S{1,200})$`)

func parseHead(line string, notes [][]byte) (*head, [][]byte, error) {
	if line == "head checkpoint" {
		if len(notes) == 0 {
			return nil, nil, errors.New("no note for a head")
		}
		h, err := parseCheckpoint(notes[0])
		return h, notes[1:], err
	}
	parts := treeHeadLine.FindStringSubmatch(line)
	if parts == nil {
		return nil, nil, errors.New("not a head")
	}
	var h head
	var err error
	if h.size, err = number(parts[1]); err != nil {
		return nil, nil, err
	}
	if h.time, err = number(parts[2]); err != nil {
		return nil, nil, err
	}
	if h.root, err = hash(parts[3]); err != nil {
		return nil, nil, err
	}
	h.signature, err = decode(parts[4])
	return &h, notes, err
}

// Origin, size and root of a note's text; who signed it is seen later.
func parseCheckpoint(note []byte) (*head, error) {
	lines := strings.Split(string(note), "\n")
	if len(lines) < 4 {
		return nil, errors.New("not a checkpoint")
	}
	size, err := number(lines[1])
	if err != nil {
		return nil, err
	}
	root, err := hash(lines[2])
	return &head{size: size, root: root, note: note}, err
}

func number(text string) (uint64, error) {
	if text != "0" && (text == "" || text[0] < '1' || text[0] > '9') {
		return 0, fmt.Errorf("not a canonical number: %q", text)
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil || n > 1<<53-1 {
		return 0, fmt.Errorf("not a number up to 2^53 - 1: %q", text)
	}
	return n, nil
}

func hash(text string) ([]byte, error) {
	bytes, err := decode(text)
	if err == nil && len(bytes) != 32 {
		err = errors.New("a hash is not of 32 bytes")
	}
	return bytes, err
}

func decode(text string) ([]byte, error) {
	if strings.ContainsAny(text, "\r\n") {
		return nil, errors.New("a line break in base64")
	}
	return base64.StdEncoding.Strict().DecodeString(text)
}
