// SPDX-License-Identifier: Apache-2.0

package strictjson

import (
	"strings"
	"testing"
)

func TestWhatTheContractAllowsIsAccepted(t *testing.T) {
	for name, text := range map[string]string{
		"any value may stand alone":              `null`,
		"white space around tokens":              " \t\r\n[ 1 , 2 ] \n",
		"a key that differs in case":             `{"a":1,"A":2}`,
		"a key again in another object":          `{"a":{"a":1},"b":[{"a":1},{"a":1}]}`,
		"a string that equals a key":             `{"a":"a","b":["a","a"]}`,
		"an escaped pair":                        `"\ud83d\ude00\uD83D\uDE00"`,
		"what looks like half a pair and is not": `"\\ud800"`,
		"64 levels":                              strings.Repeat("[", 64) + strings.Repeat("]", 64),
		"a number of 1,000 characters":           strings.Repeat("7", 1000),
		"the largest exponents":                  `[1e9999,1e-9999,1E+9999]`,
		"an empty key":                           `{"":0}`,
	} {
		if err := Check([]byte(text)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhatTheContractForbidsIsNamed(t *testing.T) {
	for _, c := range []struct{ name, text, reason string }{
		{"nothing", "", "it is empty"},
		{"a byte order mark", "\ufeff{}", "byte order mark"},
		{"a byte that is not UTF-8", "[\"a\xff\"]", "byte 3 is not valid UTF-8"},
		{"a surrogate in UTF-8", "\"\xed\xa0\x80\"", "byte 1 is not valid UTF-8"},
		{"half of a pair", `"a\ud800"`, "byte 2 escapes half"},
		{"the other half", `"\udc00\ud800"`, "byte 1 escapes half"},
		{"half of a pair before a pair", `"\ud83d\ud83d\ude00"`, "byte 1 escapes half"},
		{"half of a pair before a letter", `"\ud83d\u0041"`, "byte 1 escapes half"},
		{"a comma without a follower", `{"a":1,}`, "at byte 8"},
		{"two values", `{}{}`, "after top-level value"},
		{"a key twice", `{"a":1,"a":1}`, `"a" is given twice`},
		{"a key twice in two spellings", `{"a":1,"\u0061":1}`, `"a" is given twice`},
		{"a key twice, far inside", `[{"b":[]},{"x":{"a":{"a":[]},"b":1,"a":1}}]`, `"a" is given twice`},
		{"65 levels", strings.Repeat("[", 65) + strings.Repeat("]", 65), "deeper than 64 levels"},
		{"a number of 1,001 characters", strings.Repeat("7", 1001), "1001 characters"},
		{"a large exponent", `[1e10000]`, "exponent 10000"},
		{"a huge exponent", `[1e-99999999999999999999999]`, "exponent -9999999999999"},
	} {
		if err := Check([]byte(c.text)); err == nil || !strings.Contains(err.Error(), c.reason) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
