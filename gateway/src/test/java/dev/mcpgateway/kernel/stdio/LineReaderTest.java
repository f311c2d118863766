// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.stdio;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class LineReaderTest {

    private static final String TOO_LONG = "(too long)";

    @Test
    void lines_end_with_or_without_a_carriage_return() throws IOException {
        assertThat(lines("one\ntwo\r\nthree\n", 100)).containsExactly("one", "two", "three");
    }

    @Test
    void the_last_line_needs_no_end() throws IOException {
        assertThat(lines("one\ntwo", 100)).containsExactly("one", "two");
        assertThat(lines("one\ntwo\r", 100)).containsExactly("one", "two");
    }

    @Test
    void blank_lines_are_no_lines() throws IOException {
        assertThat(lines("\n\r\n  \n\t \r\none\n\n\n two \n   ", 100)).containsExactly("one", " two ");
        assertThat(lines("", 100)).isEmpty();
    }

    @Test
    void the_end_of_the_stream_is_told_again_and_again() throws IOException {
        LineReader reader = new LineReader(new ByteArrayInputStream("one".getBytes(UTF_8)), 100);

        assertThat(reader.next()).isEqualTo("one".getBytes(UTF_8));
        assertThat(reader.next()).isNull();
        assertThat(reader.next()).isNull();
    }

    @Test
    void a_line_may_be_as_long_as_the_limit_whatever_it_ends_with() throws IOException {
        assertThat(lines("12345\n12345\r\n12345", 5)).containsExactly("12345", "12345", "12345");
        assertThat(lines("12345\r", 5)).containsExactly("12345");
    }

    @Test
    void a_longer_line_is_skipped_to_its_end_and_the_next_one_served() throws IOException {
        assertThat(lines("123456\none\n123456\r\ntwo\n" + "x".repeat(1_000_000) + "\nthree\n123456", 5))
                .containsExactly(TOO_LONG, "one", TOO_LONG, "two", TOO_LONG, "three", TOO_LONG);
    }

    @Test
    void a_byte_order_mark_is_left_out_before_the_first_line_only() throws IOException {
        assertThat(lines("\uFEFFone\n\uFEFFtwo\n", 100)).containsExactly("one", "\uFEFFtwo");
        assertThat(lines("\uFEFF\none\n", 100)).containsExactly("one");
        assertThat(lines("\uFEFF", 100)).isEmpty();
    }

    @Test
    void spaces_without_end_are_too_long_as_well() throws IOException {
        assertThat(lines(" ".repeat(1_000) + "\none\n", 5)).containsExactly(TOO_LONG, "one");
    }

    @Test
    @Tag("slow")
    void a_gigabyte_without_a_line_break_is_skipped_in_little_memory() throws IOException {
        LineReader reader = new LineReader(new Endless(1L << 30), 10 * 1024 * 1024);
        Runtime runtime = Runtime.getRuntime();
        System.gc();
        long before = runtime.totalMemory() - runtime.freeMemory();

        assertThat(reader.next()).isSameAs(LineReader.TOO_LONG);
        assertThat(reader.next()).isNull();

        System.gc();
        assertThat(runtime.totalMemory() - runtime.freeMemory() - before)
                .as("bytes more than before")
                .isLessThan(64L << 20);
    }

    @Test
    void lines_come_out_whole_however_the_bytes_come_in() throws IOException {
        long seed = 20_261_122;
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            int limit = 1 + random.nextInt(200_000);
            List<String> expected = new ArrayList<>();
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(12); i > 0; i--) {
                int length = 1 + random.nextInt(random.nextBoolean() ? 20 : 300_000);
                String line = String.valueOf((char) ('a' + random.nextInt(26))).repeat(length);
                expected.add(length <= limit ? line : TOO_LONG);
                text.append(line)
                        .append(random.nextBoolean() ? "\n" : "\r\n")
                        .append(random.nextInt(4) == 0 ? "\n" : "");
            }

            assertThat(lines(new Trickle(text.toString(), random), limit))
                    .as("seed %d, round %d, limit %d", seed, round, limit)
                    .isEqualTo(expected);
        }
    }

    private static List<String> lines(String text, int limit) throws IOException {
        return lines(new ByteArrayInputStream(text.getBytes(UTF_8)), limit);
    }

    private static List<String> lines(InputStream in, int limit) throws IOException {
        LineReader reader = new LineReader(in, limit);
        List<String> lines = new ArrayList<>();
        byte[] line;
        while ((line = reader.next()) != null) {
            lines.add(line == LineReader.TOO_LONG ? TOO_LONG : new String(line, UTF_8));
        }
        return lines;
    }

    /** Gives out what it has in pieces of any size. */
    private static final class Trickle extends InputStream {

        private final ByteArrayInputStream text;
        private final Random random;

        Trickle(String text, Random random) {
            this.text = new ByteArrayInputStream(text.getBytes(UTF_8));
            this.random = random;
        }

        @Override
        public int read() {
            return text.read();
        }

        @Override
        public int read(byte[] to, int offset, int length) {
            return text.read(to, offset, Math.min(length, 1 + random.nextInt(random.nextBoolean() ? 3 : 70_000)));
        }
    }

    /** A number of bytes, none of which ends a line. */
    private static final class Endless extends InputStream {

        private long left;

        Endless(long left) {
            this.left = left;
        }

        @Override
        public int read() {
            return left-- > 0 ? 'x' : -1;
        }

        @Override
        public int read(byte[] to, int offset, int length) {
            if (left <= 0) {
                return -1;
            }
            int count = (int) Math.min(left, length);
            java.util.Arrays.fill(to, offset, offset + count, (byte) 'x');
            left -= count;
            return count;
        }
    }
}
