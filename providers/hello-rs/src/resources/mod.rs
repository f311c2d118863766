// SPDX-License-Identifier: Apache-2.0

//! What there is to read here. It knows nothing of gRPC.

/// The resources of this provider, in the order in which they are listed.
pub static ALL: [Resource; 1] = [Resource {
    uri: "hello://greeting",
    name: "greeting",
    description: "A greeting from this provider",
    media_type: "text/plain",
    text: "Hello, MCP",
}];

/// A text under a URI.
pub struct Resource {
    pub uri: &'static str,
    pub name: &'static str,
    pub description: &'static str,
    pub media_type: &'static str,
    pub text: &'static str,
}

impl Resource {
    /// The URI's scheme, without the colon.
    pub fn scheme(&self) -> &'static str {
        self.uri.split_once(':').map_or("", |(scheme, _)| scheme)
    }
}

/// The resource of that URI, spelled as it is listed.
pub fn find(uri: &str) -> Option<&'static Resource> {
    ALL.iter().find(|resource| resource.uri == uri)
}

/// Whether the text is a scheme, a colon and nothing but characters that may stand in a URI (RFC 3986).
pub fn is_uri(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, rest)| {
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
            && rest.chars().all(|c| c.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(c))
    })
}
