// SPDX-License-Identifier: Apache-2.0

package server

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestASocketIsPrivateAndGoneAfterwards(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	listener := listen(t, path)
	file, err := os.Lstat(path)
	if err != nil || file.Mode() != os.ModeSocket|0o600 {
		t.Errorf("the file is %v: %v", file, err)
	}
	connection, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	connection.Close()
	if err := listener.Close(); err != nil {
		t.Error(err)
	}
	if entries, _ := os.ReadDir(filepath.Dir(path)); len(entries) != 0 {
		t.Errorf("%v is left", entries)
	}
}

func TestAStaleSocketIsReplaced(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	for _, left := range []string{path, path + "~"} {
		stale, err := net.ListenUnix("unix", &net.UnixAddr{Name: left, Net: "unix"})
		if err != nil {
			t.Fatal(err)
		}
		stale.SetUnlinkOnClose(false)
		stale.Close()
	}
	listen(t, path).Close()
}

func TestASocketInUseIsLeftAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	defer listen(t, path).Close()
	if _, err := Listen("unix:" + path); err == nil || !strings.Contains(err.Error(), "in use by another process") {
		t.Error(err)
	}
	connection, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	connection.Close()
}

func TestAFileThatIsNoSocketIsLeftAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notes")
	if err := os.WriteFile(path, []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Listen("unix:" + path); err == nil || !strings.Contains(err.Error(), "is not a socket") {
		t.Error(err)
	}
	if text, err := os.ReadFile(path); string(text) != "mine" {
		t.Errorf("the file holds %q: %v", text, err)
	}
}

func TestClosingTwiceLeavesASuccessorsSocketAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	first := listen(t, path)
	first.Close()
	defer listen(t, path).Close()
	if err := first.Close(); !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
	if _, err := os.Lstat(path); err != nil {
		t.Error(err)
	}
}

func TestABadAddressIsRefused(t *testing.T) {
	for _, address := range []string{"", "unix:", "nope", "localhost:99999", "unix:/no/such/folder/s", "unix:/" + strings.Repeat("x", 200)} {
		if listener, err := Listen(address); err == nil {
			listener.Close()
			t.Errorf("%q is accepted", address)
		}
	}
}

func listen(t *testing.T, path string) net.Listener {
	t.Helper()
	listener, err := Listen("unix:" + path)
	if err != nil {
		t.Fatal(err)
	}
	return listener
}
