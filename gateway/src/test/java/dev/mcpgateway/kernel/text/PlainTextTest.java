package dev.mcpgateway.kernel.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PlainTextTest {

    @Test
    void plain_text_passes_as_it_is() {
        assertThat(PlainText.oneLine("grüße, 你好 🚀", 100)).isEqualTo("grüße, 你好 🚀");
    }

    @Test
    void control_characters_line_ends_and_lone_surrogates_become_spaces() {
        assertThat(PlainText.oneLine("a\nb\r\tc\u0000d\u001b[31me\u0085f\u2028g\ud800h", 100))
                .isEqualTo("a b  c d [31me f g h");
    }

    @Test
    void it_is_cut_between_characters() {
        assertThat(PlainText.oneLine("abcdef", 6)).isEqualTo("abcdef");
        assertThat(PlainText.oneLine("abcdef", 5)).isEqualTo("ab…");
        assertThat(PlainText.oneLine("abcdef", 3)).isEqualTo("…");
        assertThat(PlainText.oneLine("äää", 6)).isEqualTo("äää");
        assertThat(PlainText.oneLine("äää", 5)).isEqualTo("ä…");
        assertThat(PlainText.oneLine("ab🚀🚀", 9)).isEqualTo("ab🚀…");
        assertThat(PlainText.oneLine("ab🚀🚀", 8)).isEqualTo("ab…");
        assertThat(PlainText.oneLine("a\nb🚀🚀", 8)).isEqualTo("a b…");
        assertThat(PlainText.of("x".repeat(3_000))).hasSize(2_045 + 1).endsWith("x…");
    }
}
