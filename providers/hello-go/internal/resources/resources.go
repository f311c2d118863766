// SPDX-License-Identifier: Apache-2.0

// Package resources holds what there is to read here. It knows nothing of gRPC.
package resources

import "strings"

// All are the resources of this provider, in the order in which they are listed.
var All = []Resource{greeting}

var greeting = Resource{
	URI:         "hello://greeting",
	Name:        "greeting",
	Description: "A greeting from this provider",
	MediaType:   "text/plain",
	Text:        "Hello, MCP",
}

// Resource is a text under a URI.
type Resource struct{ URI, Name, Description, MediaType, Text string }

// Find returns the resource of that URI, spelled as it is listed.
func Find(uri string) (Resource, bool) {
	for _, resource := range All {
		if resource.URI == uri {
			return resource, true
		}
	}
	return Resource{}, false
}

// Scheme is the URI's, without the colon.
func (r Resource) Scheme() string {
	scheme, _, _ := strings.Cut(r.URI, ":")
	return scheme
}

// IsURI tells whether the text is a scheme, a colon and nothing but characters that may stand in a URI (RFC 3986).
func IsURI(text string) bool {
	scheme, rest, cut := strings.Cut(text, ":")
	if !cut || scheme == "" || !isLetter(rune(scheme[0])) {
		return false
	}
	noScheme := func(c rune) bool { return !isLetter(c) && !isDigit(c) && !strings.ContainsRune("+-.", c) }
	noURI := func(c rune) bool {
		return !isLetter(c) && !isDigit(c) && !strings.ContainsRune("-._~:/?#[]@!$&'()*+,;=%", c)
	}
	return !strings.ContainsFunc(scheme, noScheme) && !strings.ContainsFunc(rest, noURI)
}

func isLetter(c rune) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func isDigit(c rune) bool { return '0' <= c && c <= '9' }
