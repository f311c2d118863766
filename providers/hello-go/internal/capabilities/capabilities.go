// SPDX-License-Identifier: Apache-2.0

// Package capabilities puts what this provider offers into the words of the contract.
package capabilities

import (
	providerv1 "github.com/mcp-gateway/mcp-gateway/proto/provider/v1"
	"github.com/mcp-gateway/mcp-gateway/providers/hello-go/internal/prompts"
	"github.com/mcp-gateway/mcp-gateway/providers/hello-go/internal/resources"
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
	for _, resource := range resources.All {
		offered.Resources = append(offered.Resources, &providerv1.Resource{
			Name:        resource.Name,
			Description: resource.Description,
			UriScheme:   resource.Scheme(),
			MimeType:    resource.MediaType,
			Uri:         resource.URI,
		})
	}
	for _, prompt := range prompts.All {
		offered.Prompts = append(offered.Prompts, &providerv1.Prompt{
			Name:        prompt.Name,
			Description: prompt.Description,
			ArgsSchema:  &providerv1.Json{Value: prompt.ArgsSchema()},
		})
	}
	return offered
}
