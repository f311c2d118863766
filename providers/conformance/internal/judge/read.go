// SPDX-License-Identifier: Apache-2.0

package judge

import (
	"slices"

	"github.com/yosida95/uritemplate/v3"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	providerv1 "github.com/mcp-gateway/mcp-gateway/proto/provider/v1"
)

var readChecks = []Check{{
	ID:       "read.listed",
	Sentence: "every listed resource can be read",
	Section:  "ReadResource",
	Rule:     "the resource exists: OK",
	Remedy:   "answer for every URI that you list, as it is listed; without uri it is {uri_scheme}://{name}",
	examine: func(t *trial, f *finding) {
		if len(t.fixed()) == 0 {
			f.skip("there is no resource with a URI of its own")
		}
		for _, uri := range t.fixed() {
			switch _, err := t.read(uri); status.Code(err) {
			case codes.OK:
			case codes.Unavailable, codes.ResourceExhausted, codes.DeadlineExceeded:
				f.note("%s gave %s", uri, short(err))
			default:
				f.broken("ReadResource "+uri, "%s", short(err))
			}
		}
	},
}, {
	ID:       "read.contents",
	Sentence: "what is read is complete and says its URI",
	Section:  "Fields",
	Rule:     "contents REQUIRED, one or more; uri REQUIRED, for the resource that was asked for the URI of the request; exactly one of text and blob",
	Remedy:   "set uri and one of text and blob, also where it is empty",
	examine: func(t *trial, f *finding) {
		read := 0
		for _, uri := range t.fixed() {
			response, err := t.read(uri)
			if err != nil {
				continue
			}
			read++
			sameURI := func(c *providerv1.ResourceContents) bool { return c.GetUri() == uri }
			switch contents := response.GetContents(); {
			case len(contents) == 0:
				f.broken("ReadResource "+uri, "no contents")
			case !slices.ContainsFunc(contents, sameURI):
				f.broken("ReadResource "+uri, "contents of %q", contents[0].GetUri())
			}
			for i, contents := range response.GetContents() {
				if err := checkContents(contents); err != nil {
					f.broken("ReadResource "+uri, "contents %d: %v", i+1, err)
				}
			}
		}
		if read == 0 {
			f.skip("nothing could be read")
		}
	},
}, {
	ID:       "read.unknown",
	Sentence: "an unknown URI is NOT_FOUND",
	Section:  "ReadResource",
	Rule:     "no such resource: NOT_FOUND (UNIMPLEMENTED where the provider has no resources)",
	Remedy:   "say NOT_FOUND, so that the gateway can ask the next provider of the scheme",
	examine: func(t *trial, f *finding) {
		for _, uri := range t.unknownURIs() {
			_, err := t.read(uri)
			if code := status.Code(err); code != codes.NotFound && (code != codes.Unimplemented || len(t.offered.GetResources()) > 0) {
				f.broken("ReadResource "+uri, "%s", short(err))
			}
		}
	},
}, {
	ID:       "read.malformed",
	Sentence: "what is no URI is INVALID_ARGUMENT or NOT_FOUND",
	Section:  "ReadResource",
	Rule:     "the URI is malformed: INVALID_ARGUMENT; no such resource: NOT_FOUND",
	Remedy:   "refuse what you cannot parse with INVALID_ARGUMENT",
	examine: func(t *trial, f *finding) {
		for _, uri := range []string{"", "conformance", "://", "a b:%zz"} {
			_, err := t.read(uri)
			switch code := status.Code(err); {
			case code == codes.NotFound, code == codes.InvalidArgument:
			case code == codes.Unimplemented && len(t.offered.GetResources()) == 0:
			default:
				f.broken("ReadResource \""+uri+"\"", "%s", short(err))
			}
		}
	},
}}

// fixed are the listed URIs that are no templates.
func (t *trial) fixed() []string {
	var uris []string
	for _, resource := range t.offered.GetResources() {
		if resource.GetUriTemplate() == "" && len(uris) < mostSamples {
			uris = append(uris, uriOf(resource))
		}
	}
	return uris
}

// unknownURIs are of the provider's schemes, and nothing that it listed or that a template of its could mean.
func (t *trial) unknownURIs() []string {
	uris := []string{"conformance-no-such-scheme://nothing"}
	for _, resource := range t.offered.GetResources() {
		uri := resource.GetUriScheme() + "://conformance-no-such-resource/at/all"
		meant := func(r *providerv1.Resource) bool {
			template, err := uritemplate.New(r.GetUriTemplate())
			return err == nil && template.Match(uri) != nil
		}
		if uriScheme.MatchString(resource.GetUriScheme()) && !slices.Contains(uris, uri) && len(uris) < mostSamples &&
			!slices.ContainsFunc(t.offered.GetResources(), meant) {
			uris = append(uris, uri)
		}
	}
	return uris
}
