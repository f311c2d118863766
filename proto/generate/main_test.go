// SPDX-License-Identifier: Apache-2.0

package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestTheGeneratedCodeIsThatOfTheContract(t *testing.T) {
	fresh, err := generate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(fresh) != 2 {
		t.Errorf("%d files are generated, want the messages and the service", len(fresh))
	}
	for name, want := range fresh {
		got, err := os.ReadFile(filepath.Join(moduleRoot, name))
		if err != nil {
			t.Errorf("%v: run `make proto-gen` and commit what it writes", err)
		} else if string(got) != want {
			t.Errorf("%s differs from what %s gives: run `make proto-gen` and commit what it writes", name, contract)
		}
	}
}
