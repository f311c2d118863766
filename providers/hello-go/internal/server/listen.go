// SPDX-License-Identifier: Apache-2.0

package server

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Listen opens HOST:PORT or unix:PATH.
//
// A socket file of a process that is gone is replaced. The new one has mode 0600, appears only when connections are accepted, and is
// removed when the listener is closed.
func Listen(address string) (net.Listener, error) {
	path, isPath := strings.CutPrefix(address, "unix:")
	if path == "" {
		return nil, errors.New("an address is HOST:PORT or unix:PATH")
	}
	if !isPath {
		return net.Listen("tcp", address)
	}
	if err := refuseUnlessStale(path); err != nil {
		return nil, err
	}
	return listenUnix(path)
}

func refuseUnlessStale(path string) error {
	file, err := os.Lstat(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if file.Mode()&os.ModeSocket == 0 {
		return fmt.Errorf("%s exists and is not a socket; remove it or choose another path", path)
	}
	connection, err := net.DialTimeout("unix", path, time.Second)
	if err == nil {
		connection.Close()
		return fmt.Errorf("%s is in use by another process; stop it or choose another path", path)
	}
	if !errors.Is(err, syscall.ECONNREFUSED) {
		return err
	}
	return nil
}

// listenUnix binds beside the path and renames, because a socket file appears at bind, which is before listen and before chmod.
func listenUnix(path string) (net.Listener, error) {
	beside := path + "~"
	if err := os.Remove(beside); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: beside, Net: "unix"})
	if err != nil {
		return nil, err
	}
	if err := errors.Join(os.Chmod(beside, 0o600), os.Rename(beside, path)); err != nil {
		listener.Close()
		return nil, err
	}
	listener.SetUnlinkOnClose(false) // it would remove the name that is gone
	return socket{listener, path, sync.OnceValue(func() error { return os.Remove(path) })}, nil
}

type socket struct {
	*net.UnixListener
	path   string
	remove func() error
}

func (s socket) Addr() net.Addr { return &net.UnixAddr{Name: s.path, Net: "unix"} }

// Close removes the file first: a file that is still there but refuses connections would be a stale one to the next process.
func (s socket) Close() error { return errors.Join(s.remove(), s.UnixListener.Close()) }
