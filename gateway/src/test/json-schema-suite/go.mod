// The official JSON-Schema-Test-Suite, as this module carries it in jsonschema/testdata. Nothing here is compiled: the
// tests of kernel.schema fetch the module with `go mod download`, which checks it against go.sum.
module dev.mcpgateway/json-schema-suite

go 1.23.0

require github.com/google/jsonschema-go v0.4.3
