// SPDX-License-Identifier: Apache-2.0

// Package arguments reads the JSON arguments of tools and prompts, strictly and without changing a byte of them.
package arguments

import (
	"bytes"
	"encoding/json"
	"iter"
	"unicode/utf8"
)

// Refusal says which rule of the schema the arguments break: a JSON Pointer, where there is one, and the rule.
type Refusal string

func (r Refusal) Error() string { return string(r) }

// OnlyString is [OnlyProperty] for a string: a literal without half of a surrogate pair, in its own spelling.
func OnlyString(object []byte, name string) (literal []byte, err error) {
	value, err := OnlyProperty(object, name)
	if err != nil {
		return nil, err
	}
	if value[0] != '"' {
		return nil, Refusal("/" + name + " must be a string")
	}
	if hasLoneSurrogate(value) {
		return nil, Refusal("/" + name + " holds half of a surrogate pair")
	}
	return value, nil
}

// OnlyProperty returns the raw JSON of the property `name` of an object that must have this property and no other.
//
// Decoding into a struct would not do: encoding/json matches keys without case, lets the last of two equal keys win, and replaces what
// is not Unicode. So the library judges the syntax, and the text itself is cut, never decoded.
func OnlyProperty(object []byte, name string) (value []byte, err error) {
	if !utf8.Valid(object) || !json.Valid(object) {
		return nil, Refusal("the arguments are not valid JSON in UTF-8")
	}
	at := skipSpace(object, 0)
	if object[at] != '{' {
		return nil, Refusal("the arguments must be an object")
	}
	for at = skipSpace(object, at+1); object[at] != '}'; at = skipSpace(object, at) {
		if object[at] == ',' {
			at = skipSpace(object, at+1)
		}
		keyEnd := endOfString(object, at)
		key := Unquote(object[at:keyEnd])
		colon := skipSpace(object, keyEnd)
		start := skipSpace(object, colon+1)
		at = endOfValue(object, start)
		if key != name {
			return nil, Refusal("/" + key + " is not allowed")
		}
		if value != nil {
			return nil, Refusal("/" + key + " is given twice")
		}
		value = object[start:at]
	}
	if value == nil {
		return nil, Refusal("/" + name + " is required")
	}
	return value, nil
}

// Elements yields the raw JSON of each element of a valid array.
func Elements(array []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for at := skipSpace(array, 1); array[at] != ']'; at = skipSpace(array, at) {
			if array[at] == ',' {
				at = skipSpace(array, at+1)
			}
			start := at
			at = endOfValue(array, start)
			if !yield(array[start:at]) {
				return
			}
		}
	}
}

// hasLoneSurrogate tells whether a valid string literal escapes half of a surrogate pair, which is no character.
func hasLoneSurrogate(literal []byte) bool {
	for at := bytes.IndexByte(literal, '\\'); at >= 0 && at < len(literal); at++ {
		if literal[at] != '\\' {
			continue
		}
		at++
		if literal[at] != 'u' {
			continue
		}
		unit := literal[at+1 : at+5]
		at += 4
		switch {
		case isSurrogate(unit, "cdefCDEF"):
			return true
		case isSurrogate(unit, "89abAB"):
			rest := literal[at+1:]
			if !bytes.HasPrefix(rest, []byte(`\u`)) || !isSurrogate(rest[2:6], "cdefCDEF") {
				return true
			}
			at += 6
		}
	}
	return false
}

// isSurrogate tells whether the hexadecimal unit is D, then one of the digits given, then anything.
func isSurrogate(unit []byte, second string) bool {
	return unit[0]|0x20 == 'd' && bytes.IndexByte([]byte(second), unit[1]) >= 0
}

// Unquote returns what a valid string literal spells.
func Unquote(literal []byte) (text string) {
	if err := json.Unmarshal(literal, &text); err != nil {
		panic(err) // it was found valid before
	}
	return text
}

// The rest walks over JSON that is known to be valid, inside an object: after every value something follows.

func skipSpace(text []byte, at int) int {
	for at < len(text) && (text[at] == ' ' || text[at] == '\t' || text[at] == '\r' || text[at] == '\n') {
		at++
	}
	return at
}

func endOfValue(text []byte, at int) int {
	switch text[at] {
	case '"':
		return endOfString(text, at)
	case '{', '[':
		return endOfNested(text, at)
	}
	for ; ; at++ {
		switch text[at] {
		case ',', ']', '}', ' ', '\t', '\r', '\n':
			return at
		}
	}
}

func endOfNested(text []byte, at int) int {
	for depth := 0; ; {
		switch text[at] {
		case '"':
			at = endOfString(text, at)
			continue
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		at++
		if depth == 0 {
			return at
		}
	}
}

func endOfString(text []byte, at int) int {
	for at++; text[at] != '"'; at++ {
		if text[at] == '\\' {
			at++
		}
	}
	return at + 1
}
