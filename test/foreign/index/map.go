package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

type mapKey struct {
	Selector string `json:"selector"`
	Value    string `json:"value"`
	Label    string `json:"label"`
}

type object = map[string]any

// checkMap finds the keys of the map vectors again, from the text of the leaves. Whether bytes are a leaf at all is told
// by the name of the vector: that belongs to part 4.
func checkMap(file string) error {
	raw, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var vectors struct {
		Vectors []struct {
			Name  string   `json:"name"`
			Entry string   `json:"entry"`
			Keys  []mapKey `json:"keys"`
		} `json:"vectors"`
	}
	if err := json.Unmarshal(raw, &vectors); err != nil {
		return err
	}
	for _, v := range vectors.Vectors {
		keys := [][2]string{{"kind", "nonconforming"}}
		if !strings.HasPrefix(v.Name, "no leaf: ") {
			keys = keysOfLeaf(v.Entry)
		}
		if len(keys) != len(v.Keys) {
			return fmt.Errorf("%s: %d keys, not %d", v.Name, len(v.Keys), len(keys))
		}
		for i, k := range keys {
			label := sha256.Sum256([]byte("nhi.map/1\n" + k[0] + "\n" + k[1]))
			if v.Keys[i] != (mapKey{k[0], k[1], hex.EncodeToString(label[:])}) {
				return fmt.Errorf("%s: %v is not %v", v.Name, v.Keys[i], k)
			}
		}
	}
	fmt.Printf("map vectors %d\n", len(vectors.Vectors))
	if len(vectors.Vectors) < 50 {
		return fmt.Errorf("too few")
	}
	return nil
}

func keysOfLeaf(entry string) [][2]string {
	var leaf object
	if err := json.Unmarshal([]byte(entry), &leaf); err != nil {
		return [][2]string{{"kind", "nonconforming"}}
	}
	if leaf["v"] == "nhi.log/1" {
		return [][2]string{{"log", leaf["type"].(string)}}
	}
	if leaf["v"] != "nhi.leaf/1" {
		return nil
	}
	e := leaf["event"].(object)
	seen := map[[2]string]bool{}
	var keys [][2]string
	add := func(selector string, value any) {
		text, ok := value.(string)
		if k := [2]string{selector, text}; ok && !seen[k] {
			seen[k] = true
			keys = append(keys, k)
		}
	}
	of := func(o any, member string) any {
		if o, ok := o.(object); ok {
			return o[member]
		}
		return nil
	}
	each := func(selector string, list any, member string) {
		items, _ := list.([]any)
		for _, item := range items {
			add(selector, of(item, member))
		}
	}
	add("actor", of(e["actor"], "id"))
	add("principal", of(e["actor"], "id"))
	add("principal", of(of(e["actor"], "owner"), "id"))
	each("principal", e["deleg"], "id")
	add("cred", of(e["cred"], "id"))
	each("cred", e["deleg"], "token_id")
	add("credfp", of(e["cred"], "fp"))
	add("source", of(e["src"], "id"))
	add("session", of(e["ctx"], "session_id"))
	add("trace", of(e["ctx"], "trace_id"))
	each("res", e["res"], "id")
	add("artifact", of(e["artifact"], "digest"))
	each("artifact", e["res"], "digest")
	add("kind", e["kind"])
	each("approver", of(e["approval"], "by"), "id")
	return keys
}
