// SPDX-License-Identifier: Apache-2.0

package judge

import (
	"mime"
	"net/url"
	"regexp"
	"strings"

	"github.com/yosida95/uritemplate/v3"

	providerv1 "github.com/mcp-gateway/mcp-gateway/proto/provider/v1"
)

var (
	toolName    = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,128}$`)
	versionEnd  = regexp.MustCompile(`\.v[0-9]+$`)
	uriScheme   = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*$`)
	notInURI    = regexp.MustCompile("[^!#$%&'()*+,/:;=?@\\[\\]A-Za-z0-9_.~-]|%($|[^0-9A-Fa-f]|[0-9A-Fa-f]($|[^0-9A-Fa-f]))")
	longestName = 128 - len(".") - 32 // beside the longest name that a provider may have in the gateway
)

var definitionChecks = []Check{{
	ID:       "definitions.tool-names",
	Sentence: "every tool has a legal name",
	Section:  "Names",
	Rule:     "a tool's name has 1 to 128 of A-Z a-z 0-9 _ - . together with the prefix that the gateway puts in front",
	Remedy:   "rename the tool",
	examine: func(t *trial, f *finding) {
		for i, tool := range t.tools {
			switch name := tool.GetName(); {
			case !toolName.MatchString(name):
				f.broken("ListCapabilities", "%s", numbered("tool", i, name))
			case len(name) > longestName:
				f.note("%q has %d characters: with a provider name of 32 it is left out", name, len(name))
			}
		}
	},
}, {
	ID:       "definitions.tools-once",
	Sentence: "no two tools have the same name",
	Section:  "Names",
	Rule:     "within one provider, tools, URIs and prompts MUST be unique",
	Remedy:   "rename one of them; only the first is served",
	examine: func(t *trial, f *finding) {
		once(f, "tool", t.offered.GetTools(), (*providerv1.Tool).GetName)
	},
}, {
	ID:       "definitions.tool-versions",
	Sentence: "tool names end in a version",
	Section:  "Names",
	Rule:     "tool names SHOULD end in a version: echo.v1",
	Remedy:   "add .v1, so that there is room for a .v2 beside it",
	Should:   true,
	examine: func(t *trial, f *finding) {
		for i, tool := range t.tools {
			if !versionEnd.MatchString(tool.GetName()) {
				f.broken("ListCapabilities", "%s", numbered("tool", i, tool.GetName()))
			}
		}
	},
}, {
	ID:       "definitions.tool-descriptions",
	Sentence: "every tool has a description",
	Section:  "Fields",
	Rule:     "Tool: description REQUIRED",
	Remedy:   "say to a model what the tool does and when to use it",
	examine: func(t *trial, f *finding) {
		for i, tool := range t.tools {
			if strings.TrimSpace(tool.GetDescription()) == "" {
				f.broken("ListCapabilities", "%s, without a description", numbered("tool", i, tool.GetName()))
			}
		}
	},
}, {
	ID:       "definitions.resource-names",
	Sentence: "every resource has a name and a URI scheme",
	Section:  "Fields",
	Rule:     "Resource: name REQUIRED, uri_scheme REQUIRED",
	Remedy:   "set both; the scheme stands without its colon and equals that of the URI or template",
	examine: func(t *trial, f *finding) {
		for i, resource := range t.offered.GetResources() {
			scheme := resource.GetUriScheme()
			at := resource.GetUri() + resource.GetUriTemplate()
			switch {
			case resource.GetName() == "":
				f.broken("ListCapabilities", "%s, without a name", numbered("resource", i, ""))
			case !uriScheme.MatchString(scheme):
				f.broken("ListCapabilities", "%s, with the uri_scheme %q", numbered("resource", i, resource.GetName()), scheme)
			case uriScheme.MatchString(before(at)) && !strings.EqualFold(before(at), scheme):
				f.broken("ListCapabilities", "%s, with the uri_scheme %q and the URI %q", numbered("resource", i, resource.GetName()), scheme, at)
			}
		}
	},
}, {
	ID:       "definitions.uri-or-template",
	Sentence: "no resource has both a URI and a template",
	Section:  "Fields",
	Rule:     "Resource: uri OPTIONAL, uri_template OPTIONAL (not both)",
	Remedy:   "list it twice, once with the URI and once with the template",
	examine: func(t *trial, f *finding) {
		for i, resource := range t.offered.GetResources() {
			if resource.GetUri() != "" && resource.GetUriTemplate() != "" {
				f.broken("ListCapabilities", "%s, with %q and %q", numbered("resource", i, resource.GetName()), resource.GetUri(), resource.GetUriTemplate())
			}
		}
	},
}, {
	ID:       "definitions.uris",
	Sentence: "every resource's URI is one",
	Section:  "Names",
	Rule:     "resource URIs carry their scheme (RFC 3986)",
	Remedy:   "write an absolute URI, SCHEME:…, and percent-encode what does not belong there; without uri it is {uri_scheme}://{name}",
	examine: func(t *trial, f *finding) {
		for i, resource := range t.offered.GetResources() {
			if uri := uriOf(resource); resource.GetUriTemplate() == "" && !isURI(uri) {
				f.broken("ListCapabilities", "%s, with the URI %q", numbered("resource", i, resource.GetName()), uri)
			}
		}
	},
}, {
	ID:       "definitions.templates",
	Sentence: "every URI template is one",
	Section:  "Fields",
	Rule:     "Resource: uri_template, a URI template (RFC 6570)",
	Remedy:   "write SCHEME:… with expressions such as {id} or {+path}",
	examine: func(t *trial, f *finding) {
		for i, resource := range t.offered.GetResources() {
			template := resource.GetUriTemplate()
			if template == "" {
				continue
			}
			switch _, err := uritemplate.New(template); {
			case err != nil:
				f.broken("ListCapabilities", "%s, with the template %q: %v", numbered("resource", i, resource.GetName()), template, err)
			case !uriScheme.MatchString(before(template)):
				f.broken("ListCapabilities", "%s, with the template %q, which has no scheme", numbered("resource", i, resource.GetName()), template)
			}
		}
	},
}, {
	ID:       "definitions.resources-once",
	Sentence: "no two resources have the same URI or template",
	Section:  "Names",
	Rule:     "within one provider, tools, URIs and prompts MUST be unique",
	Remedy:   "give one of them another URI; only the first is served",
	examine: func(t *trial, f *finding) {
		once(f, "resource", t.offered.GetResources(), func(r *providerv1.Resource) string {
			if r.GetUriTemplate() != "" {
				return r.GetUriTemplate()
			}
			return uriOf(r)
		})
	},
}, {
	ID:       "definitions.mime-types",
	Sentence: "every MIME type that is given is one",
	Section:  "Fields",
	Rule:     "Resource: mime_type OPTIONAL, the media type of the contents, e.g. text/plain",
	Remedy:   "write TYPE/SUBTYPE, or leave it empty",
	examine: func(t *trial, f *finding) {
		for i, resource := range t.offered.GetResources() {
			if given := resource.GetMimeType(); given != "" && !isMediaType(given) {
				f.broken("ListCapabilities", "%s, with the MIME type %q", numbered("resource", i, resource.GetName()), given)
			}
		}
	},
}, {
	ID:       "definitions.prompt-names",
	Sentence: "every prompt has a name",
	Section:  "Fields",
	Rule:     "Prompt: name REQUIRED",
	Remedy:   "name it; without white space at its ends or control characters",
	examine: func(t *trial, f *finding) {
		for i, prompt := range t.prompts {
			name := prompt.GetName()
			if name == "" || name != strings.TrimSpace(name) || cut(name) != name {
				f.broken("ListCapabilities", "%s", numbered("prompt", i, name))
			}
		}
	},
}, {
	ID:       "definitions.prompts-once",
	Sentence: "no two prompts have the same name",
	Section:  "Names",
	Rule:     "within one provider, tools, URIs and prompts MUST be unique",
	Remedy:   "rename one of them; only the first is served",
	examine: func(t *trial, f *finding) {
		once(f, "prompt", t.offered.GetPrompts(), (*providerv1.Prompt).GetName)
	},
}}

func once[T any](f *finding, kind string, all []T, key func(T) string) {
	seen := map[string]bool{}
	for i, one := range all {
		if seen[key(one)] {
			f.broken("ListCapabilities", "%s, for the second time", numbered(kind, i, key(one)))
		}
		seen[key(one)] = true
	}
}

func uriOf(resource *providerv1.Resource) string {
	if resource.GetUri() != "" {
		return resource.GetUri()
	}
	return resource.GetUriScheme() + "://" + resource.GetName()
}

func before(uri string) string {
	scheme, _, _ := strings.Cut(uri, ":")
	return scheme
}

func isURI(uri string) bool {
	parsed, err := url.Parse(uri)
	return err == nil && parsed.Scheme != "" && uriScheme.MatchString(before(uri)) && !notInURI.MatchString(uri)
}

func isMediaType(text string) bool {
	kind, _, err := mime.ParseMediaType(text)
	main, sub, both := strings.Cut(kind, "/")
	return err == nil && both && main != "" && sub != ""
}
