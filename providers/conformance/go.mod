module github.com/mcp-gateway/mcp-gateway/providers/conformance

go 1.26.0

// The contract's code has one home; see proto/README.md.
replace github.com/mcp-gateway/mcp-gateway/proto => ../../proto

require (
	github.com/mcp-gateway/mcp-gateway/proto v0.0.0
	github.com/santhosh-tekuri/jsonschema/v6 v6.0.3
	github.com/yosida95/uritemplate/v3 v3.0.2
	google.golang.org/grpc v1.85.0
	google.golang.org/protobuf v1.36.12
)

require (
	golang.org/x/net v0.60.0 // indirect
	golang.org/x/sys v0.48.0 // indirect
	golang.org/x/text v0.42.0 // indirect
	google.golang.org/genproto/googleapis/rpc v0.0.0-20260817212433-ac3dfec99bb1 // indirect
)
