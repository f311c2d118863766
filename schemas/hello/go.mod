module github.com/mcp-gateway/mcp-gateway/schemas/hello

go 1.26.0
