// SPDX-License-Identifier: Apache-2.0

package judge

var connectionChecks = []Check{{
	ID:       "connection.opens",
	Sentence: "a connection can be opened",
	Section:  "Connection",
	Rule:     "HTTP/2 with gRPC, in clear text or over TLS",
	Remedy:   "see that the provider runs, listens at this address, and uses TLS where --tls-… is given and only there",
	examine: func(t *trial, f *finding) {
		if t.options.Connect == nil && t.program == nil {
			t.gone = "there is no provider to connect to"
			f.skip("%s", t.gone)
			return
		}
		connection, err := t.connect()
		if err != nil {
			f.broken("HTTP/2", "%s", err)
			t.gone = "there is no connection"
			return
		}
		t.connection = connection
	},
}}
