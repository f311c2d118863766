// SPDX-License-Identifier: Apache-2.0

// Package vector reads files of inputs and the outputs that are expected for them; schemas/README.md describes the format.
package vector

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"google.golang.org/grpc/codes"
)

// largest is the most bytes that one text may have when its repetitions are written out.
const largest = 32 << 20

// File is one file of vectors.
type File struct {
	Name    string // without its folder
	Vectors []Vector
}

// The methods that a vector may call.
const (
	Invoke       = "Invoke"
	ReadResource = "ReadResource"
	GetPrompt    = "GetPrompt"
)

// Vector is one call and what is expected of it: exactly one of Result, Failure, Refusal, Text and Code.
type Vector struct {
	Name       string  `json:"name"`
	Method     string  `json:"method"`
	Capability *string `json:"capability"` // never nil once it is read
	Payload    Text    `json:"payload"`

	Result  Text       `json:"result"`  // of a tool, to the byte
	Failure Text       `json:"failure"` // is_error, with this text as the only content
	Refusal Text       `json:"refusal"` // INVALID_ARGUMENT, with the message CAPABILITY: REFUSAL
	Text    Text       `json:"text"`    // a result, the contents of a resource, the one message of a prompt
	Code    codes.Code `json:"code"`
	Message Text       `json:"message"` // of the status; nil for any
}

// Text is a number of bytes, nil where none is given. In a file it is a string, or an array of parts to be put together: a string,
// {"repeat": "ab", "times": 3} or {"hex": "ff"}.
type Text []byte

// UnmarshalJSON writes repetitions out.
func (t *Text) UnmarshalJSON(raw []byte) error {
	*t = Text{}
	if len(raw) > 0 && raw[0] != '[' {
		var whole string
		err := json.Unmarshal(raw, &whole)
		*t = append(*t, whole...)
		return err
	}
	var parts []part
	if err := json.Unmarshal(raw, &parts); err != nil {
		return err
	}
	for _, part := range parts {
		if size := len(*t) + len(part.bytes)*part.times; part.times < 0 || part.times > largest || size > largest {
			return fmt.Errorf("a text has more than %d bytes", largest)
		}
		*t = append(*t, bytes.Repeat(part.bytes, part.times)...)
	}
	return nil
}

type part struct {
	bytes []byte
	times int
}

func (p *part) UnmarshalJSON(raw []byte) error {
	if len(raw) > 0 && raw[0] == '"' {
		var text string
		err := json.Unmarshal(raw, &text)
		*p = part{[]byte(text), 1}
		return err
	}
	var members struct {
		Repeat string `json:"repeat"`
		Times  int    `json:"times"`
		Hex    string `json:"hex"`
	}
	if err := decode(raw, &members); err != nil {
		return err
	}
	if members.Hex != "" {
		decoded, err := hex.DecodeString(members.Hex)
		*p = part{decoded, 1}
		return err
	}
	*p = part{[]byte(members.Repeat), members.Times}
	return nil
}

// Read reads one file. A vector that names no capability is for the one that the file is named after.
func Read(path string) (File, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return File{}, err
	}
	file := File{Name: filepath.Base(path)}
	if err := decode(text, &file.Vectors); err != nil {
		return File{}, fmt.Errorf("%s: %w", path, err)
	}
	if len(file.Vectors) == 0 {
		return File{}, fmt.Errorf("%s: there is no vector in it", path)
	}
	for i := range file.Vectors {
		if err := file.Vectors[i].complete(strings.TrimSuffix(file.Name, ".json")); err != nil {
			return File{}, fmt.Errorf("%s: vector %d, %q: %w", path, i+1, file.Vectors[i].Name, err)
		}
	}
	return file, nil
}

func decode(text []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields() // an expectation that is misspelt would be no expectation
	if err := decoder.Decode(into); err != nil {
		return err
	}
	if decoder.More() {
		return fmt.Errorf("something follows at byte %d", decoder.InputOffset())
	}
	return nil
}

func (v *Vector) complete(capability string) error {
	if v.Method == "" {
		v.Method = Invoke
	}
	if v.Capability == nil {
		v.Capability = &capability
	}
	forTool := v.Result != nil || v.Failure != nil
	expected := count(v.Result != nil, v.Failure != nil, v.Refusal != nil, v.Text != nil, v.Code != codes.OK)
	switch {
	case v.Name == "":
		return errors.New("it has no name")
	case v.Method != Invoke && v.Method != ReadResource && v.Method != GetPrompt:
		return fmt.Errorf("its method is %q, not %s, %s or %s", v.Method, Invoke, ReadResource, GetPrompt)
	case expected != 1:
		return fmt.Errorf("it has %d of result, failure, refusal, text and code, want one", expected)
	case forTool && v.Method != Invoke:
		return errors.New("result and failure are for tools")
	case v.Message != nil && v.Code == codes.OK:
		return errors.New("message goes with code")
	case (v.Payload == nil) != (v.Method == ReadResource):
		return errors.New("a tool and a prompt have a payload, a resource has none")
	}
	return nil
}

func count(conditions ...bool) (number int) {
	for _, condition := range conditions {
		if condition {
			number++
		}
	}
	return number
}
