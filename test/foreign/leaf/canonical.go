package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sort"
	"strings"
	"unicode/utf16"
)

// object keeps members as they are: a Go map has no prototype to lose one to.
type object = map[string]any

func decode(text []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	err := decoder.Decode(&value)
	return value, err
}

// canonical writes the form of RFC 8785, integers only.
func canonical(out *strings.Builder, value any) {
	switch v := value.(type) {
	case nil:
		out.WriteString("null")
	case bool:
		fmt.Fprintf(out, "%t", v)
	case json.Number:
		out.WriteString(v.String())
	case string:
		quote(out, v)
	case []any:
		out.WriteByte('[')
		for i, item := range v {
			if i > 0 {
				out.WriteByte(',')
			}
			canonical(out, item)
		}
		out.WriteByte(']')
	case object:
		names := make([]string, 0, len(v))
		for name := range v {
			names = append(names, name)
		}
		sort.Slice(names, func(i, j int) bool { return lessUTF16(names[i], names[j]) })
		out.WriteByte('{')
		for i, name := range names {
			if i > 0 {
				out.WriteByte(',')
			}
			quote(out, name)
			out.WriteByte(':')
			canonical(out, v[name])
		}
		out.WriteByte('}')
	default:
		panic(fmt.Sprintf("no JSON: %T", value))
	}
}

func canonicalText(value any) string {
	var out strings.Builder
	canonical(&out, value)
	return out.String()
}

// lessUTF16 orders by UTF-16 code units (RFC 8785 §3.2.3), which is not the order of UTF-8 bytes.
func lessUTF16(a, b string) bool {
	x, y := utf16.Encode([]rune(a)), utf16.Encode([]rune(b))
	for i := 0; i < len(x) && i < len(y); i++ {
		if x[i] != y[i] {
			return x[i] < y[i]
		}
	}
	return len(x) < len(y)
}

var short = map[rune]string{'\b': `\b`, '\t': `\t`, '\n': `\n`, '\f': `\f`, '\r': `\r`, '"': `\"`, '\\': `\\`}

func quote(out *strings.Builder, text string) {
	out.WriteByte('"')
	for _, r := range text {
		if escape, ok := short[r]; ok {
			out.WriteString(escape)
		} else if r < 0x20 {
			fmt.Fprintf(out, `\u%04x`, r)
		} else {
			out.WriteRune(r)
		}
	}
	out.WriteByte('"')
}
