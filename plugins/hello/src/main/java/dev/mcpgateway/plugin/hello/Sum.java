// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.hello;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.ToolResult;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.List;
import java.util.Map;

/** What {@code sum.v1} computes; the same to the byte in every language that the demo providers are written in. */
final class Sum {

    private static final MathContext ONE_DIGIT = new MathContext(1);

    private Sum() {}

    /** @param numbers as {@link Json#value()} gives them: one is a BigDecimal where it was written with a point or an exponent */
    static ToolResult of(List<?> numbers) {
        return numbers.stream().anyMatch(BigDecimal.class::isInstance) ? ofDoubles(numbers) : ofIntegers(numbers);
    }

    /** Only the sum has to fit in 64 bits, not what is added on the way to it. */
    private static ToolResult ofIntegers(List<?> integers) {
        BigInteger sum = BigInteger.ZERO;
        for (Object integer : integers) {
            sum = sum.add(integer instanceof BigInteger large ? large : BigInteger.valueOf((Long) integer));
        }
        return sum.bitLength() < Long.SIZE
                ? ToolResult.of(Json.of(Map.of("sum", sum)))
                : ToolResult.error("the sum does not fit in 64 bits");
    }

    /** IEEE 754 doubles, added in the order given. A number out of their range counts as an infinity. */
    private static ToolResult ofDoubles(List<?> numbers) {
        double sum = 0;
        for (Object number : numbers) {
            sum += ((Number) number).doubleValue();
        }
        return Double.isFinite(sum)
                ? ToolResult.of(Json.ofUtf8(("{\"sum\":" + text(sum) + "}").getBytes(UTF_8)))
                : ToolResult.error("the sum is not a finite number");
    }

    /**
     * A finite double in the fewest digits that lead back to it, as ECMAScript writes it and with it RFC 8785, section
     * 3.2.2.3: {@code 100} and {@code 1e+21}, where Java has {@code 100.0} and {@code 1.0E21}. Java's own digits are the
     * fewest, except that they are two at least: {@code 4.9E-324} for {@code 5e-324}.
     */
    static String text(double number) {
        BigDecimal digits = new BigDecimal(Double.toString(number));
        BigDecimal oneDigit = digits.round(ONE_DIGIT);
        BigDecimal fewest = (oneDigit.doubleValue() == number ? oneDigit : digits).stripTrailingZeros();
        int integerDigits = fewest.precision() - fewest.scale();
        return integerDigits > -6 && integerDigits <= 21
                ? fewest.toPlainString()
                : fewest.toString().replace('E', 'e');
    }
}
