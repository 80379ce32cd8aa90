// Makes the vectors of events and leaves a second time, from their inputs alone and with no code of the log: canonical
// form, digest, commitments, signature input, leaf bytes, leaf hash, idempotency key, sameness MAC. Go's standard
// library only.
//
//	go run . ../../../spec/vectors
package main

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
)

// The vectors hold at least this many outputs: fewer means that a file was not read.
const least = 160

var passed, failed int

func expect(where, what, made, stands string) {
	if made == stands {
		passed++
		return
	}
	failed++
	fmt.Printf("%s: %s:\n  made   %s\n  stands %s\n", where, what, made, stands)
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: leaf VECTORS")
		os.Exit(2)
	}
	folder := os.Args[1]
	for _, v := range read(folder, "event-valid") {
		event := v["event"].(object)
		text := canonicalText(event)
		expect("event-valid", name(v), text, v["canonical"].(string))
		expect("event-valid", name(v)+": digest", digest(text), v["digest"].(string))
		source := event["src"].(object)["id"].(string)
		key := sha256.Sum256([]byte("nhi.id/1\n" + source + "\n" + event["id"].(string)))
		expect("event-valid", name(v)+": key", hex.EncodeToString(key[:20]), v["idempotencyKey"].(string))
	}
	for _, v := range read(folder, "event-bytes") {
		if want, ok := v["canonical"].(string); ok {
			value, err := decode(unhex(v["hex"].(string)))
			if err != nil {
				expect("event-bytes", name(v), err.Error(), want)
				continue
			}
			expect("event-bytes", name(v), canonicalText(value), want)
		}
	}
	for _, v := range read(folder, "event-sameness") {
		mac := hmac.New(sha256.New, unhex(v["secret"].(string)))
		mac.Write([]byte(canonicalText(v["event"])))
		expect("event-sameness", name(v), hex.EncodeToString(mac.Sum(nil)[:16]), v["mac"].(string))
	}
	for _, v := range read(folder, "event-disclosures") {
		salt := base64.RawURLEncoding.EncodeToString(unhex(v["salt"].(string)))
		text := canonicalText([]any{salt, v["pointer"], v["value"]})
		pointer := v["pointer"].(string)
		expect("event-disclosures", pointer, text, v["disclosure"].(string))
		sum := sha256.Sum256([]byte("nhi.sd/1\n" + text))
		expect("event-disclosures", pointer+": digest", base64.RawURLEncoding.EncodeToString(sum[:]), v["digest"].(string))
	}
	for _, v := range read(folder, "event-raw-commitments") {
		input := append([]byte("nhi.raw/1\n"), unhex(v["salt"].(string))...)
		sum := sha256.Sum256(append(input, unhex(v["raw"].(string))...))
		expect("event-raw-commitments", v["raw"].(string), base64.RawURLEncoding.EncodeToString(sum[:]), v["commitment"].(string))
	}
	leaves(folder)
	for _, v := range read(folder, "leaf-others") {
		text := canonicalText(v["value"])
		expect("leaf-others", name(v), text, v["leaf"].(string))
		expect("leaf-others", name(v)+": leaf hash", leafHash(text), v["leafHash"].(string))
	}
	receipts(folder)
	if passed+failed < least {
		failed++
		fmt.Printf("only %d outputs, at least %d\n", passed+failed-1, least)
	}
	fmt.Printf("%d passed, %d failed\n", passed, failed)
	if failed > 0 {
		os.Exit(1)
	}
}

// leaves makes each leaf from event, recv and sig, and verifies the signatures that stand in them.
func leaves(folder string) {
	file := parse(folder, "leaf-event").(object)
	key, err := x509.ParsePKIXPublicKey(unbase64(file["publicKey"].(string)))
	if err != nil {
		panic(err)
	}
	for _, item := range file["leaves"].([]any) {
		v := item.(object)
		input := "nhi.sig/1\n" + digest(canonicalText(v["event"]))
		expect("leaf-event", name(v)+": signature input", input, v["signatureInput"].(string))
		text := leafOf(v["event"], v["recv"], v["sig"])
		expect("leaf-event", name(v), text, v["leaf"].(string))
		expect("leaf-event", name(v)+": leaf hash", leafHash(text), v["leafHash"].(string))
		if sig, ok := v["sig"].(object); ok {
			holds := ed25519.Verify(key.(ed25519.PublicKey), []byte(input), unbase64(sig["value"].(string)))
			expect("leaf-event", name(v)+": signature", fmt.Sprint(holds), "true")
		}
	}
}

// receipts rebuilds each leaf from the event that was sent and the receipt that came back.
func receipts(folder string) {
	for _, v := range read(folder, "leaf-receipts") {
		text := v["receipt"].(string)
		value, err := decode([]byte(text))
		if err != nil {
			panic(err)
		}
		receipt := value.(object)
		expect("leaf-receipts", name(v), canonicalText(receipt), text)
		rebuilt := leafOf(v["event"], receipt["recv"], v["sig"])
		expect("leaf-receipts", name(v)+": leaf hash", leafHash(rebuilt), receipt["leafHash"].(string))
	}
}

func leafOf(event, recv, sig any) string {
	return canonicalText(object{"v": "nhi.leaf/1", "event": event, "recv": recv, "sig": sig})
}

func digest(canonical string) string {
	sum := sha256.Sum256([]byte("nhi.event/1\n" + canonical))
	return hex.EncodeToString(sum[:])
}

func leafHash(leaf string) string {
	sum := sha256.Sum256(append([]byte{0}, leaf...))
	return base64.StdEncoding.EncodeToString(sum[:])
}

func name(v object) string { return v["name"].(string) }

func parse(folder, file string) any {
	text, err := os.ReadFile(filepath.Join(folder, file+".json"))
	if err != nil {
		panic(err)
	}
	value, err := decode(text)
	if err != nil {
		panic(err)
	}
	return value
}

func read(folder, file string) []object {
	var vectors []object
	for _, item := range parse(folder, file).([]any) {
		vectors = append(vectors, item.(object))
	}
	return vectors
}

func unhex(text string) []byte {
	out, err := hex.DecodeString(text)
	if err != nil {
		panic(err)
	}
	return out
}

func unbase64(text string) []byte {
	out, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		panic(err)
	}
	return out
}
