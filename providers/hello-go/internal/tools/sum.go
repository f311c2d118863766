// SPDX-License-Identifier: Apache-2.0

package tools

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"strconv"

	"github.com/mcp-gateway/mcp-gateway/providers/hello-go/internal/arguments"
)

var sum = Tool{Name: "sum.v1", Description: "Sums an array of numbers", call: callSum}

// longestNumber, in characters, is the contract's limit. It keeps the cost of exact arithmetic in proportion to the input.
const longestNumber = 1000

func callSum(object []byte) ([]byte, error) {
	numbers, err := arguments.OnlyProperty(object, "numbers")
	if err != nil {
		return nil, err
	}
	if err := checkNumbers(numbers); err != nil {
		return nil, err
	}
	add := exactSum
	if bytes.ContainsAny(numbers, ".eE") {
		add = doubleSum
	}
	total, err := add(numbers)
	if err != nil {
		return nil, err
	}
	return fmt.Appendf(nil, `{"sum":%s}`, total), nil
}

func checkNumbers(array []byte) error {
	if array[0] != '[' {
		return arguments.Refusal("/numbers must be an array")
	}
	index := 0
	for number := range arguments.Elements(array) {
		if number[0] != '-' && (number[0] < '0' || number[0] > '9') {
			return arguments.Refusal(fmt.Sprintf("/numbers/%d must be a number", index))
		}
		if len(number) > longestNumber {
			return arguments.Refusal(fmt.Sprintf("/numbers/%d is longer than %d characters", index, longestNumber))
		}
		index++
	}
	return nil
}

// exactSum adds integers. Only the sum has to fit in 64 bits, not what is added on the way to it.
func exactSum(integers []byte) (string, error) {
	var total, large big.Int
	var small int64 // what was added since the last time it did not fit
	for integer := range arguments.Elements(integers) {
		n, err := strconv.ParseInt(string(integer), 10, 64)
		switch {
		case err != nil:
			large.SetString(string(integer), 10)
			total.Add(&total, &large)
		case n > 0 && small > math.MaxInt64-n, n < 0 && small < math.MinInt64-n:
			total.Add(&total, large.SetInt64(small))
			small = n
		default:
			small += n
		}
	}
	total.Add(&total, large.SetInt64(small))
	if !total.IsInt64() {
		return "", Failure("the sum does not fit in 64 bits")
	}
	return total.String(), nil
}

// doubleSum adds IEEE 754 doubles in the order given. A number out of their range counts as an infinity.
func doubleSum(numbers []byte) (string, error) {
	total := 0.0
	for number := range arguments.Elements(numbers) {
		double, _ := strconv.ParseFloat(string(number), 64) // its syntax is known to be good
		total += double
	}
	if math.IsInf(total, 0) || math.IsNaN(total) {
		return "", Failure("the sum is not a finite number")
	}
	// Marshal writes a double as ECMAScript does, which is what RFC 8785 asks for, but for a negative zero; adding to 0 never gives that.
	text, err := json.Marshal(total)
	return string(text), err
}
