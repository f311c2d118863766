// SPDX-License-Identifier: Apache-2.0

package vector

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
)

func TestAVectorIsReadAsItIsWritten(t *testing.T) {
	file, err := Read(write(t, "echo.v1.json", `[
		{"name": "one", "payload": "{\"a\":1.0}", "result": ""},
		{"name": "two", "capability": "", "payload": ["{\"a\":\"", {"repeat": "ab", "times": 3}, {"hex": "ff00"}, "\"}"], "failure": "no"},
		{"name": "three", "method": "ReadResource", "capability": "a://b", "text": "c"},
		{"name": "four", "method": "GetPrompt", "capability": "p", "payload": "{}", "code": "NOT_FOUND", "message": "m"}
	]`))
	if err != nil {
		t.Fatal(err)
	}
	one, two, three, four := file.Vectors[0], file.Vectors[1], file.Vectors[2], file.Vectors[3]
	if one.Method != Invoke || *one.Capability != "echo.v1" || string(one.Payload) != `{"a":1.0}` || one.Result == nil || len(one.Result) != 0 || one.Failure != nil {
		t.Errorf("one is %+v", one)
	}
	if *two.Capability != "" || string(two.Payload) != "{\"a\":\"ababab\xff\x00\"}" || string(two.Failure) != "no" {
		t.Errorf("two is %+v", two)
	}
	if *three.Capability != "a://b" || string(three.Text) != "c" || four.Code != codes.NotFound || string(four.Message) != "m" {
		t.Errorf("the others are %+v, %+v", three, four)
	}
}

func TestAMistakeInAFileIsNamed(t *testing.T) {
	for _, c := range []struct{ text, reason string }{
		{`[]`, "no vector"},
		{`[{"name":"a","payload":"{}"}]`, "it has 0 of result"},
		{`[{"name":"a","payload":"{}","result":"1","failure":"2"}]`, "it has 2 of result"},
		{`[{"name":"a","result":"1"}]`, "have a payload"},
		{`[{"payload":"{}","result":"1"}]`, "no name"},
		{`[{"name":"a","payload":"{}","resutl":"1"}]`, "resutl"},
		{`[{"name":"a","payload":["{}",{"repaet":"a"}],"result":"1"}]`, "repaet"},
		{`[{"name":"a","method":"Call","payload":"{}","result":"1"}]`, "Call"},
		{`[{"name":"a","payload":"{}","result":"1","message":"m"}]`, "message goes with code"},
		{`[{"name":"a","method":"ReadResource","payload":"{}","text":"1"}]`, "a resource has none"},
		{`[{"name":"a","method":"GetPrompt","payload":"{}","result":"1"}]`, "for tools"},
		{`[{"name":"a","payload":[{"repeat":"aaaa","times":999999999}],"result":"1"}]`, "more than 33554432 bytes"},
		{`[{"name":"a","payload":"{}","code":"NOT_THERE"}]`, "NOT_THERE"},
		{`[] []`, "something follows"},
	} {
		if _, err := Read(write(t, "x.json", c.text)); err == nil || !strings.Contains(err.Error(), c.reason) {
			t.Errorf("%s: %v", c.text, err)
		}
	}
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
