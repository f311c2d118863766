// Package vector reads files of inputs and the outputs that are expected for them; schemas/README.md describes the format.
package vector

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
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

// Vector is one call and what is expected of it. Exactly one of Tool, Resource and Prompt is set, and exactly one expectation: Result,
// Failure, Refusal, Code, Text or Messages.
type Vector struct {
	Name string `json:"name"`

	Tool     string `json:"tool"`
	Resource string `json:"resource"`
	Prompt   string `json:"prompt"`
	Payload  Text   `json:"payload"`

	Result   Text       `json:"result"`
	Failure  Text       `json:"failure"`
	Refusal  Text       `json:"refusal"`
	Code     codes.Code `json:"code"`
	Text     Text       `json:"text"`
	MimeType string     `json:"mime_type"`
	Messages []Message  `json:"messages"`
}

// Message is one message of a prompt.
type Message struct {
	Role string `json:"role"`
	Text string `json:"text"`
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

// Read reads one file. A vector that names no tool, resource or prompt is for the tool that the file is named after.
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

func (v *Vector) complete(tool string) error {
	named := count(v.Tool != "", v.Resource != "", v.Prompt != "")
	if named == 0 {
		v.Tool = tool
	}
	forTool := count(v.Result != nil, v.Failure != nil)
	expected := forTool + count(v.Refusal != nil, v.Code != codes.OK, v.Text != nil, len(v.Messages) > 0)
	switch {
	case v.Name == "":
		return fmt.Errorf("it has no name")
	case named > 1:
		return fmt.Errorf("it has more than one of tool, resource and prompt")
	case expected != 1:
		return fmt.Errorf("it has %d of result, failure, refusal, code, text and messages, want one", expected)
	case forTool > 0 && v.Tool == "", v.Text != nil && v.Resource == "", len(v.Messages) > 0 && v.Prompt == "":
		return fmt.Errorf("result and failure are for a tool, text is for a resource, messages are for a prompt")
	case v.Payload == nil && v.Resource == "":
		return fmt.Errorf("it has no payload")
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
