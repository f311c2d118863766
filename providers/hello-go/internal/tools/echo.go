// SPDX-License-Identifier: Apache-2.0

package tools

import "github.com/mcp-gateway/mcp-gateway/providers/hello-go/internal/arguments"

var echo = Tool{Name: "echo.v1", Description: "Returns input message unchanged", call: callEcho}

// callEcho puts the message's own bytes into the result, so that any Unicode and any escape survive.
func callEcho(object []byte) ([]byte, error) {
	message, err := arguments.OnlyString(object, "message")
	if err != nil {
		return nil, err
	}
	result := make([]byte, 0, len(message)+len(`{"message":}`))
	result = append(result, `{"message":`...)
	result = append(result, message...)
	return append(result, '}'), nil
}
