// SPDX-License-Identifier: Apache-2.0

// Package dial reaches a provider.
package dial

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
)

// largestMessage is far more than the contract allows, so that whatever is too large is the judge's to see.
const largestMessage = 64 << 20

// Target is where a provider listens, and how it is trusted.
type Target struct {
	Address string // HOST:PORT, unix:PATH or dns:///NAME:PORT
	// CA, Certificate and Key are files in PEM. With none of them the connection is in clear text; the latter two go together.
	CA, Certificate, Key string
}

// Connect returns a connection that is made at its first call. Whoever calls closes it.
func (t Target) Connect(more ...grpc.DialOption) (*grpc.ClientConn, error) {
	security, err := t.security()
	if err != nil {
		return nil, err
	}
	return grpc.NewClient(t.Address, append([]grpc.DialOption{
		grpc.WithTransportCredentials(security),
		grpc.WithDisableRetry(),
		grpc.WithDisableServiceConfig(),
		grpc.WithNoProxy(),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(largestMessage), grpc.MaxCallSendMsgSize(largestMessage)),
	}, more...)...)
}

func (t Target) security() (credentials.TransportCredentials, error) {
	if t.CA == "" && t.Certificate == "" && t.Key == "" {
		return insecure.NewCredentials(), nil
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if t.CA != "" {
		text, err := os.ReadFile(t.CA)
		if err != nil {
			return nil, err
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("%s holds no certificate in PEM", t.CA)
		}
	}
	if (t.Certificate == "") != (t.Key == "") {
		return nil, errors.New("a client certificate needs its key, and a key its certificate")
	}
	if t.Certificate != "" {
		pair, err := tls.LoadX509KeyPair(t.Certificate, t.Key)
		if err != nil {
			return nil, err
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return credentials.NewTLS(config), nil
}
