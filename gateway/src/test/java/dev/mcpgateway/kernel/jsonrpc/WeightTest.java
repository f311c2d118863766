// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.jsonrpc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a request says that it weighs, next to what it takes of the heap. */
class WeightTest {

    private static final int TOGETHER = 20_000_000; // bytes: much more than whatever else is in the heap changes by

    private enum Shape {
        ECHO("\"arguments\":{\"message\":\"hello\"},\"name\":\"echo\"", 3),
        TEXT("\"arguments\":{\"message\":\"" + "x".repeat(3_000) + "\"}", 3),
        NUMBERS("\"arguments\":{\"a\":[" + repeated("12345", 500) + "]}", 3),
        OBJECTS("\"arguments\":{\"a\":[" + repeated("{\"b\":1}", 300) + "]}", 3),
        EMPTY("\"arguments\":{\"a\":[" + repeated("{}", 1_000) + "]}", 15), // which are one object
        MEMBERS("\"_meta\":{" + numbered("\"k%d\":\"v\"", 1_000) + "}", 3),
        NOT_KEPT("\"arguments\":{\"a\":[" + repeated("{\"b\":1}", 5_000) + "]}", 3),
        LARGE(
                "\"arguments\":{\"a\":[" + repeated("{\"b\":1}", 50_000) + "]},\"_meta\":{"
                        + numbered("\"k%d\":\"v\"", 1_000) + "}",
                3);

        private final String params;
        private final double tooMuch;

        /** @param tooMuch how many times what it takes it may be taken for */
        Shape(String params, double tooMuch) {
            this.params = params;
            this.tooMuch = tooMuch;
        }

        private static String repeated(String element, int times) {
            return String.join(",", java.util.Collections.nCopies(times, element));
        }

        private static String numbered(String format, int times) {
            return IntStream.range(0, times).mapToObj(format::formatted).collect(Collectors.joining(","));
        }
    }

    @ParameterizedTest
    @EnumSource
    @Tag("slow")
    void a_request_weighs_about_what_it_takes(Shape shape) {
        String text = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{" + shape.params + "}}";
        long weight = request(text).weight();
        int count = (int) (TOGETHER / weight);
        List<Incoming.Request> requests = new ArrayList<>(count);

        long before = used();
        for (int i = 0; i < count; i++) {
            Incoming.Request request = request(text);
            request.params().arguments().ifPresent(arguments -> arguments.dropTreeIfLarge()); // as a call does
            requests.add(request);
        }
        long taken = (used() - before) / requests.size();

        System.out.printf("%s: %d bytes of text weigh %d and take %d%n", shape, text.length(), weight, taken);
        // Each has a few objects whatever it says, which whoever counts requests allows for.
        assertThat((double) weight).isBetween((taken - 1_024) * 0.7, taken * shape.tooMuch);
    }

    private static Incoming.Request request(String text) {
        return (Incoming.Request) Incoming.read(text.getBytes(UTF_8));
    }

    private static long used() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
