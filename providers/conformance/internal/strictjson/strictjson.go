// SPDX-License-Identifier: Apache-2.0

// Package strictjson holds a JSON text to the rules of the provider contract, which are stricter than RFC 8259.
package strictjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	// deepest is how many arrays and objects may stand in one another.
	deepest = 64
	// longestNumber is in characters.
	longestNumber = 1000
	// largestExponent holds for both signs.
	largestExponent = 9999
)

// Check says which rule the text breaks, or returns nil. Its size is the caller's to judge.
func Check(text []byte) error {
	if len(text) == 0 {
		return errors.New("it is empty")
	}
	if bytes.HasPrefix(text, []byte("\xef\xbb\xbf")) {
		return errors.New("it begins with a byte order mark")
	}
	if at := firstInvalid(text); at >= 0 {
		return fmt.Errorf("byte %d is not valid UTF-8", at)
	}
	// Whether it is one value, and well-formed; what follows may take that for granted.
	if err := json.Unmarshal(text, new(json.RawMessage)); err != nil {
		if syntax, is := errors.AsType[*json.SyntaxError](err); is {
			return fmt.Errorf("%s at byte %d", syntax.Error(), syntax.Offset)
		}
		return err
	}
	if at := loneSurrogate(text); at >= 0 {
		return fmt.Errorf("byte %d escapes half of a surrogate pair", at)
	}
	return walk(text)
}

func firstInvalid(text []byte) int {
	if utf8.Valid(text) {
		return -1
	}
	for at := 0; ; {
		character, size := utf8.DecodeRune(text[at:])
		if character == utf8.RuneError && size == 1 {
			return at
		}
		at += size
	}
}

// loneSurrogate returns where a surrogate is escaped without its other half, or -1. Outside strings JSON has no backslash.
func loneSurrogate(text []byte) int {
	for at := 0; at < len(text); at++ {
		next := bytes.IndexByte(text[at:], '\\')
		if next < 0 {
			return -1
		}
		at += next
		unit, escaped := surrogate(text[at:])
		switch {
		case !escaped:
			at++
		case unit >= 0xdc00:
			return at
		default:
			second, isSecond := surrogate(text[at+6:])
			if !isSecond || second < 0xdc00 {
				return at
			}
			at += 11
		}
	}
	return -1
}

func surrogate(text []byte) (unit uint64, is bool) {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return 0, false
	}
	unit, err := strconv.ParseUint(string(text[2:6]), 16, 16)
	return unit, err == nil && unit >= 0xd800 && unit <= 0xdfff
}

// walk judges keys, depth and numbers.
func walk(text []byte) error {
	type level struct {
		keys   map[string]bool // nil in an array
		expect bool            // whether the next token is a key
	}
	var levels []level
	tokens := json.NewDecoder(bytes.NewReader(text))
	tokens.UseNumber()
	for {
		token, err := tokens.Token()
		if err != nil {
			return nil // the end; that it is well-formed is known
		}
		var inner *level
		if len(levels) > 0 {
			inner = &levels[len(levels)-1]
		}
		if key, isText := token.(string); isText && inner != nil && inner.expect {
			if inner.keys[key] {
				return fmt.Errorf("the key %.60q is given twice in one object, the second time before byte %d", key, tokens.InputOffset())
			}
			inner.keys[key] = true
			inner.expect = false
			continue
		}
		if inner != nil && inner.keys != nil {
			inner.expect = true // for after this value
		}
		switch token := token.(type) {
		case json.Delim:
			switch token {
			case '{':
				levels = append(levels, level{map[string]bool{}, true})
			case '[':
				levels = append(levels, level{})
			default:
				levels = levels[:len(levels)-1]
			}
			if len(levels) > deepest {
				return fmt.Errorf("at byte %d it is deeper than %d levels", tokens.InputOffset(), deepest)
			}
		case json.Number:
			if err := checkNumber(token.String()); err != nil {
				return fmt.Errorf("%w, before byte %d", err, tokens.InputOffset())
			}
		}
	}
}

func checkNumber(number string) error {
	if len(number) > longestNumber {
		return fmt.Errorf("a number has %d characters, the limit is %d", len(number), longestNumber)
	}
	if e := strings.IndexAny(number, "eE"); e >= 0 {
		exponent, err := strconv.Atoi(number[e+1:])
		if err != nil || exponent > largestExponent || exponent < -largestExponent {
			return fmt.Errorf("a number has the exponent %.20s, the limits are -%d and %d", number[e+1:], largestExponent, largestExponent)
		}
	}
	return nil
}
