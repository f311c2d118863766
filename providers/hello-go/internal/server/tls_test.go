// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"

	providerv1 "github.com/mcp-gateway/mcp-gateway/proto/provider/v1"
)

func TestOnlyAClientWithACertificateOfTheCAsIsServed(t *testing.T) {
	ours, theirs := newCA(t), newCA(t)
	server := startTLS(t, ours, true)
	if _, err := list(t, server.address, ours.clientTLS(t)); err != nil {
		t.Error(err)
	}
	stranger := theirs.clientTLS(t)
	stranger.RootCAs = ours.pool()
	for name, security := range map[string]credentials.TransportCredentials{
		"no certificate":        credentials.NewTLS(&tls.Config{RootCAs: ours.pool()}),
		"another CA's":          credentials.NewTLS(stranger),
		"no TLS":                insecure.NewCredentials(),
		"a CA we do not know":   credentials.NewTLS(theirs.clientTLS(t)),
		"another server's name": credentials.NewTLS(&tls.Config{RootCAs: ours.pool(), ServerName: "elsewhere"}),
	} {
		if _, err := listWith(t, server.address, security); status.Code(err) != codes.Unavailable {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWithoutAClientCAAnyClientIsServedOverTLSOnly(t *testing.T) {
	ours := newCA(t)
	server := startTLS(t, ours, false)
	if _, err := list(t, server.address, &tls.Config{RootCAs: ours.pool()}); err != nil {
		t.Error(err)
	}
	if _, err := listWith(t, server.address, insecure.NewCredentials()); status.Code(err) != codes.Unavailable {
		t.Error(err)
	}
}

func TestCertificatesAreReplacedUnderLoadWithoutAFailedCall(t *testing.T) {
	ours := newCA(t)
	server := startTLS(t, ours, true)
	client := ours.clientTLS(t)
	stop := make(chan struct{})
	var callers sync.WaitGroup
	for range 4 {
		callers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					if _, err := list(t, server.address, client); err != nil { // a connection of its own each time
						t.Error(err)
						return
					}
				}
			}
		})
	}
	for range 20 {
		serial := server.replace(t, ours)
		if seen, err := list(t, server.address, client); err != nil || seen.Cmp(serial) != 0 {
			t.Errorf("the certificate is %v, not the new %v: %v", seen, serial, err)
		}
	}
	close(stop)
	callers.Wait()
}

func TestAReplacedClientCAIsInForceAtTheNextConnection(t *testing.T) {
	ours, next := newCA(t), newCA(t)
	server := startTLS(t, ours, true)
	client := ours.clientTLS(t)
	client.ClientSessionCache = tls.NewLRUClientSessionCache(1)
	if _, err := list(t, server.address, client); err != nil {
		t.Fatal(err)
	}
	write(t, server.files.ClientCA, next.pem)
	if _, err := list(t, server.address, client); status.Code(err) != codes.Unavailable {
		t.Errorf("a client of the old CA's is served: %v", err)
	}
}

func TestFilesThatDoNotFitLeaveTheOldOnesInForce(t *testing.T) {
	ours := newCA(t)
	server := startTLS(t, ours, true)
	client := ours.clientTLS(t)
	serial, err := list(t, server.address, client)
	if err != nil {
		t.Fatal(err)
	}
	_, otherKey, _ := ours.issue(t)
	for name, spoil := range map[string]func() error{
		"a key of another certificate": func() error { return os.WriteFile(server.files.Key, otherKey, 0o600) },
		"a CA cut short":               func() error { return os.WriteFile(server.files.ClientCA, ours.pem[:100], 0o600) },
		"no certificate":               func() error { return os.Remove(server.files.Certificate) },
	} {
		if err := spoil(); err != nil {
			t.Fatal(err)
		}
		if seen, err := list(t, server.address, client); err != nil || seen.Cmp(serial) != 0 {
			t.Errorf("%s: the certificate is %v: %v", name, seen, err)
		}
	}
}

func TestAServerDoesNotStartOnFilesThatDoNotFit(t *testing.T) {
	folder := t.TempDir()
	certificate, key, _ := newCA(t).issue(t)
	files := CertificateFiles{folder + "/cert", folder + "/key", folder + "/ca"}
	write(t, files.Certificate, certificate)
	write(t, files.Key, key)
	write(t, files.ClientCA, []byte("nothing"))
	for missing, files := range map[string]CertificateFiles{
		"/none":                     {folder + "/none", files.Key, ""},
		"/ca holds no certificate":  files,
		"/cert and " + folder + "/": {files.Certificate, files.ClientCA, ""},
	} {
		_, err := Credentials(files, slog.New(slog.DiscardHandler))
		if err == nil || !strings.Contains(err.Error(), folder+missing) {
			t.Error(err)
		}
	}
}

// secure is a server in this process on a port of its own.
type secure struct {
	address string
	files   CertificateFiles
}

func startTLS(t *testing.T, ca authority, mutual bool) secure {
	t.Helper()
	folder := t.TempDir()
	server := secure{files: CertificateFiles{Certificate: folder + "/cert", Key: folder + "/key"}}
	server.replace(t, ca)
	if mutual {
		server.files.ClientCA = folder + "/ca"
		write(t, server.files.ClientCA, ca.pem)
	}
	log := slog.New(slog.DiscardHandler)
	security, err := Credentials(server.files, log)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server.address = listener.Addr().String()
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- Serve(ctx, listener, security, "1.2.3", log) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return server
}

// replace writes a new certificate with a new key, one after the other, as people do.
func (s secure) replace(t *testing.T, ca authority) (serial *big.Int) {
	t.Helper()
	certificate, key, serial := ca.issue(t)
	write(t, s.files.Certificate, certificate)
	write(t, s.files.Key, key)
	return serial
}

func write(t *testing.T, path string, text []byte) {
	t.Helper()
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(filepath.Base(path), err)
	}
}

func list(t *testing.T, address string, client *tls.Config) (serial *big.Int, err error) {
	return listWith(t, address, credentials.NewTLS(client))
}

// listWith opens a connection of its own and returns the serial number of the certificate that the server showed.
func listWith(t *testing.T, address string, security credentials.TransportCredentials) (serial *big.Int, err error) {
	connection, err := grpc.NewClient(address, grpc.WithTransportCredentials(security))
	if err != nil {
		return nil, err
	}
	defer connection.Close()
	var server peer.Peer
	_, err = providerv1.NewProviderClient(connection).ListCapabilities(t.Context(), &emptypb.Empty{}, grpc.Peer(&server))
	if err != nil {
		return nil, err
	}
	return server.AuthInfo.(credentials.TLSInfo).State.PeerCertificates[0].SerialNumber, nil
}

// authority issues certificates for 127.0.0.1, for servers and clients alike.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	pem         []byte
}

func newCA(t *testing.T) authority {
	t.Helper()
	template := &x509.Certificate{Subject: pkix.Name{CommonName: "a CA"}, IsCA: true, BasicConstraintsValid: true}
	ca := authority{certificate: template}
	ca.key = newKey(t)
	ca.certificate, ca.pem = ca.sign(t, template, ca.key)
	return ca
}

func (ca authority) pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(ca.certificate)
	return pool
}

func (ca authority) clientTLS(t *testing.T) *tls.Config {
	t.Helper()
	certificate, key, _ := ca.issue(t)
	pair, err := tls.X509KeyPair(certificate, key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Config{RootCAs: ca.pool(), Certificates: []tls.Certificate{pair}}
}

func (ca authority) issue(t *testing.T) (certificatePEM, keyPEM []byte, serial *big.Int) {
	t.Helper()
	key := newKey(t)
	certificate, certificatePEM := ca.sign(t, &x509.Certificate{
		Subject:     pkix.Name{CommonName: "hello"},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}, key)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return certificatePEM, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), certificate.SerialNumber
}

func (ca authority) sign(t *testing.T, template *x509.Certificate, key *ecdsa.PrivateKey) (*x509.Certificate, []byte) {
	t.Helper()
	template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	der, err := x509.CreateCertificate(rand.Reader, template, ca.certificate, key.Public(), ca.key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return certificate, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}
