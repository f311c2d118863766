// SPDX-License-Identifier: Apache-2.0

package server

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"slices"
	"sync"

	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
)

// CertificateFiles are the paths of PEM files. None means clear text, all three mean that clients must show a certificate of the CA's.
type CertificateFiles struct{ Certificate, Key, ClientCA string }

// Check refuses what is neither clear text nor TLS: a forgotten file must not open the door.
func (f CertificateFiles) Check() error {
	switch {
	case (f.Certificate == "") != (f.Key == ""):
		return errors.New("--tls-cert and --tls-key belong together: give both or neither")
	case f.ClientCA != "" && f.Certificate == "":
		return errors.New("--tls-client-ca needs --tls-cert and --tls-key")
	}
	return nil
}

// Security says in one word what the files are for: none, server or mutual.
func (f CertificateFiles) Security() string {
	switch {
	case f.ClientCA != "":
		return "mutual"
	case f.Certificate != "":
		return "server"
	}
	return "none"
}

// certificates gives each connection those that are in the files at that time, so that they can be replaced while the server runs.
type certificates struct {
	files CertificateFiles
	log   *slog.Logger

	lock   sync.Mutex
	texts  [][]byte // what config was made of
	config *tls.Config
}

// Credentials reads the files. An error names the file, or what does not fit.
func Credentials(files CertificateFiles, log *slog.Logger) (credentials.TransportCredentials, error) {
	if files == (CertificateFiles{}) {
		return insecure.NewCredentials(), nil
	}
	c := &certificates{files: files, log: log}
	if _, err := c.refresh(); err != nil {
		return nil, err
	}
	return loggedHandshakes{credentials.NewTLS(&tls.Config{GetConfigForClient: c.current}), log}, nil
}

// loggedHandshakes says why a client is not let in, which the library keeps to itself.
type loggedHandshakes struct {
	credentials.TransportCredentials
	log *slog.Logger
}

func (l loggedHandshakes) ServerHandshake(raw net.Conn) (net.Conn, credentials.AuthInfo, error) {
	connection, info, err := l.TransportCredentials.ServerHandshake(raw)
	if err != nil {
		l.log.Warn("a TLS handshake failed", "error", err.Error())
	}
	return connection, info, err
}

// current reads the files again: that costs little next to a handshake, and compares more surely than times and sizes would. While they
// do not fit, because one of two has been replaced, what was there before stays in force.
func (c *certificates) current(*tls.ClientHelloInfo) (*tls.Config, error) {
	c.lock.Lock()
	defer c.lock.Unlock()
	changed, err := c.refresh()
	if err != nil {
		c.log.Warn("the TLS files cannot be used, what they held before stays in force", "error", err.Error())
	} else if changed {
		c.log.Info("took new TLS files")
	}
	return c.config, nil
}

func (c *certificates) refresh() (changed bool, err error) {
	texts, err := c.read()
	if err != nil || c.config != nil && slices.EqualFunc(texts, c.texts, bytes.Equal) {
		return false, err
	}
	config, err := c.parse(texts)
	if err != nil {
		return false, err
	}
	c.texts, c.config = texts, config
	return true, nil
}

func (c *certificates) read() (texts [][]byte, err error) {
	for _, path := range []string{c.files.Certificate, c.files.Key, c.files.ClientCA} {
		var text []byte
		if path != "" {
			if text, err = os.ReadFile(path); err != nil {
				return nil, err
			}
		}
		texts = append(texts, text)
	}
	return texts, nil
}

func (c *certificates) parse(texts [][]byte) (*tls.Config, error) {
	certificate, err := tls.X509KeyPair(texts[0], texts[1])
	if err != nil {
		return nil, fmt.Errorf("%s and %s: %w", c.files.Certificate, c.files.Key, err)
	}
	config := &tls.Config{
		Certificates: []tls.Certificate{certificate},
		NextProtos:   []string{"h2"},
		// A ticket would let a client in again whose CA is no longer trusted.
		SessionTicketsDisabled: true,
	}
	if c.files.ClientCA != "" {
		config.ClientAuth = tls.RequireAndVerifyClientCert
		config.ClientCAs = x509.NewCertPool()
		if !config.ClientCAs.AppendCertsFromPEM(texts[2]) {
			return nil, fmt.Errorf("%s holds no certificate", c.files.ClientCA)
		}
	}
	return config, nil
}
