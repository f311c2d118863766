// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SessionTest {

    private static final byte[][] REQUESTS = {
        Session.request("tools/call", "{\"name\":\"a\"}"), Session.request("tools/call", "{\"name\":\"b\"}")
    };

    @Test
    void every_request_has_an_id_of_its_own_and_is_timed() throws IOException {
        Gateway gateway = new Gateway(id -> answer(id, "{\"content\":[]}"));
        long[] nanos = new long[1_000];

        new Session(gateway.out, gateway.in).run(REQUESTS, 7, nanos);

        assertThat(new HashSet<>(gateway.ids)).hasSize(1_001).hasSameSizeAs(gateway.ids);
        assertThat(LongStream.of(nanos)).allMatch(took -> took >= 0 && took < 10_000_000_000L);
    }

    @Test
    void no_more_requests_are_in_flight_than_wanted() throws IOException {
        Gateway gateway = new Gateway(id -> answer(id, "{\"content\":[]}"));

        new Session(gateway.out, gateway.in).run(REQUESTS, 7, new long[100]);

        assertThat(gateway.mostWaiting).isEqualTo(7);
    }

    @Test
    void notifications_between_answers_are_passed_over() throws IOException {
        Gateway gateway = new Gateway(id -> "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\"}\n"
                + answer(id, "{\"content\":[]}")
                + "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/x\"}\n");

        new Session(gateway.out, gateway.in).run(REQUESTS, 3, new long[50]);

        assertThat(gateway.ids).hasSize(51);
    }

    @Test
    void an_answer_of_another_length_is_refused() {
        Gateway gateway = new Gateway(id -> answer(id, id.endsWith("5") ? "{}" : "{\"content\":[]}"));

        assertThatThrownBy(() -> new Session(gateway.out, gateway.in).run(REQUESTS, 1, new long[50]))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("not the expected answer");
    }

    @Test
    void an_answer_with_other_contents_is_refused() {
        Gateway gateway = new Gateway(id -> answer(id, id.endsWith("5") ? "{\"kontent\":[]}" : "{\"content\":[]}"));

        assertThatThrownBy(() -> new Session(gateway.out, gateway.in).run(REQUESTS, 4, new long[50]))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("not the expected answer");
    }

    @Test
    void a_first_answer_that_is_an_error_is_refused() {
        Gateway gateway = new Gateway(id -> answer(id, "{\"content\":[],\"isError\":true}"));

        assertThatThrownBy(() -> new Session(gateway.out, gateway.in).run(REQUESTS, 1, new long[1]))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("not an echo");
    }

    @Test
    void answers_longer_than_any_buffer_arrive_whole() throws IOException {
        String large = "{\"content\":[\"" + "x".repeat(1_000_000) + "\"]}";
        Gateway gateway = new Gateway(id -> answer(id, large));

        new Session(gateway.out, gateway.in).run(REQUESTS, 2, new long[5]);

        assertThat(gateway.ids).hasSize(6);
    }

    @Test
    void the_end_of_output_is_said() {
        Gateway gateway = new Gateway(id -> "");

        assertThatThrownBy(() -> new Session(gateway.out, gateway.in).ask(REQUESTS[0]))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("has closed its output");
    }

    private static String answer(String id, String result) {
        return "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":" + result + "}\n";
    }

    /** Answers each line that is written with what the function makes of its id, a few bytes at a time. */
    private static final class Gateway {

        private static final Pattern ID = Pattern.compile("\"id\":(\\d+),");

        private final Function<String, String> answers;
        private final Deque<byte[]> answered = new ArrayDeque<>();
        private final List<String> ids = new ArrayList<>();
        private int mostWaiting;

        Gateway(Function<String, String> answers) {
            this.answers = answers;
        }

        final OutputStream in = new OutputStream() {
            @Override
            public void write(int b) {
                throw new UnsupportedOperationException("byte by byte");
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                String lines = new String(bytes, offset, length, StandardCharsets.US_ASCII);
                for (String line : lines.split("(?<=\n)", -1)) {
                    Matcher id = ID.matcher(line);
                    if (id.find()) {
                        ids.add(id.group(1));
                        answered.add(answers.apply(id.group(1)).getBytes(StandardCharsets.US_ASCII));
                    }
                }
                mostWaiting = Math.max(mostWaiting, answered.size());
            }
        };

        final InputStream out = new InputStream() {
            private byte[] current = new byte[0];
            private int at;

            @Override
            public int read() {
                throw new UnsupportedOperationException("byte by byte");
            }

            @Override
            public int read(byte[] target, int offset, int length) {
                if (at == current.length) {
                    current = answered.isEmpty() ? new byte[0] : answered.remove();
                    at = 0;
                }
                int count = Math.min(Math.min(length, 17_000), current.length - at);
                System.arraycopy(current, at, target, offset, count);
                at += count;
                return count == 0 ? -1 : count;
            }
        };
    }
}
