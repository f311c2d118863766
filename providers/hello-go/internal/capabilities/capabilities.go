// Package capabilities puts what this provider offers into the words of the contract.
package capabilities

import (
	providerv1 "github.com/mcp-gateway/mcp-gateway/proto/provider/v1"
	"github.com/mcp-gateway/mcp-gateway/providers/hello-go/internal/tools"
)

// Of returns everything that this provider, in the version given, offers.
func Of(version string) *providerv1.Capabilities {
	offered := &providerv1.Capabilities{ProviderVersion: version}
	for _, tool := range tools.All {
		offered.Tools = append(offered.Tools, &providerv1.Tool{
			Name:         tool.Name,
			Description:  tool.Description,
			InputSchema:  &providerv1.Json{Value: tool.InputSchema()},
			OutputSchema: &providerv1.Json{Value: tool.OutputSchema()},
		})
	}
	return offered
}
