package tools

var echo = Tool{Name: "echo.v1", Description: "Returns input message unchanged", call: callEcho}

// callEcho puts the message's own bytes into the result, so that any Unicode and any escape survive.
func callEcho(arguments []byte) ([]byte, error) {
	message, err := onlyProperty(arguments, "message")
	if err != nil {
		return nil, err
	}
	if message[0] != '"' {
		return nil, Refusal("/message must be a string")
	}
	if hasLoneSurrogate(message) {
		return nil, Refusal("/message holds half of a surrogate pair")
	}
	result := make([]byte, 0, len(message)+len(`{"message":}`))
	result = append(result, `{"message":`...)
	result = append(result, message...)
	return append(result, '}'), nil
}
