// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mcpgateway.api.ProviderException.Code;
import io.grpc.Status;
import java.io.IOException;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class FaultTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    UNAVAILABLE        | UNAVAILABLE        | is unavailable: why
                    DEADLINE_EXCEEDED  | DEADLINE_EXCEEDED  | timed out
                    UNIMPLEMENTED      | UNIMPLEMENTED      | does not implement Invoke (provider.v1)
                    INVALID_ARGUMENT   | INVALID_ARGUMENT   | answered INVALID_ARGUMENT: why
                    NOT_FOUND          | NOT_FOUND          | answered NOT_FOUND: why
                    PERMISSION_DENIED  | PERMISSION_DENIED  | answered PERMISSION_DENIED: why
                    RESOURCE_EXHAUSTED | RESOURCE_EXHAUSTED | answered RESOURCE_EXHAUSTED: why
                    INTERNAL           | INTERNAL           | answered INTERNAL: why
                    UNKNOWN            | INTERNAL           | answered UNKNOWN: why
                    CANCELLED          | INTERNAL           | answered CANCELLED: why
                    ABORTED            | INTERNAL           | answered ABORTED: why
                    DATA_LOSS          | INTERNAL           | answered DATA_LOSS: why
                    """)
    void each_status_of_the_contract_has_its_words(Status.Code status, Code code, String text) {
        assertThat(Fault.of(status.toStatus().withDescription("why"), "Invoke")).isEqualTo(new Fault(code, text));
    }

    @ParameterizedTest
    @EnumSource(names = "OK", mode = EnumSource.Mode.EXCLUDE)
    void a_status_without_words_still_reads_on_from_the_provider_name(Status.Code status) {
        assertThat(Fault.of(status.toStatus(), "Invoke").text())
                .matches("is unavailable|timed out|does not implement .*|answered [A-Z_]+");
    }

    @Test
    void of_a_long_message_no_more_is_looked_at_than_can_be_shown() {
        String text = Fault.of(Status.INTERNAL.withDescription(" a" + "\ud83d\ude00".repeat(50_000)), "Invoke")
                .text();
        assertThat(text).startsWith("answered INTERNAL: a\ud83d\ude00");
        assertThat(text.length()).isBetween(2_048, 4_100);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    Connection refused: localhost/127.0.0.1:1            | connection refused
                    finishConnect(..) failed with error(-111): Connection refused | connection refused
                    connect(..) failed with error(-2): No such file or directory | its socket does not exist
                    recvAddress(..) failed with error(-104): Connection reset by peer | connection reset
                    writevAddresses(..) failed with error(-32): Broken pipe | connection reset
                    connect(..) failed with error(-13): Permission denied | no permission to connect
                    readAddress(..) failed with error(-110): Connection timed out | connection timed out
                    connect(..) failed with error(-101): Network is unreachable | network unreachable
                    something that nobody has seen before                 | the connection broke
                    """)
    void what_the_operating_system_says_becomes_plain_words(String said, String reason) {
        Status status = Status.UNAVAILABLE.withDescription("io exception").withCause(new IOException(said));
        assertThat(Fault.of(status, "Invoke")).isEqualTo(Fault.unavailable(reason));
        assertThat(Fault.of(status, "Invoke").reason()).isEqualTo(reason);
    }

    @Test
    void a_host_that_is_not_known_is_found_under_the_exceptions_around_it() {
        Status status = Status.UNAVAILABLE
                .withDescription("Unable to resolve host nowhere.invalid")
                .withCause(new RuntimeException(new UnknownHostException("nowhere.invalid")));
        assertThat(Fault.of(status, "Invoke").text()).isEqualTo("is unavailable: host not found");
    }

    @Test
    void a_message_over_the_limit_names_size_and_limit() {
        Status status =
                Status.RESOURCE_EXHAUSTED.withDescription("gRPC message exceeds maximum size 10551296: 10551297");
        assertThat(Fault.of(status, "Invoke"))
                .isEqualTo(new Fault(
                        Code.RESOURCE_EXHAUSTED,
                        "returned a message of 10551297 bytes, more than the limit of 10551296 bytes"));
    }

    @Test
    void a_limit_of_the_provider_is_not_mistaken_for_ours() {
        Status status = Status.RESOURCE_EXHAUSTED.withDescription("gRPC message exceeds maximum size 4194304: 5000000");
        assertThat(Fault.of(status, "Invoke").text())
                .isEqualTo("answered RESOURCE_EXHAUSTED: gRPC message exceeds maximum size 4194304: 5000000");
    }

    @Test
    void an_answer_that_is_not_gRPC_is_called_that() {
        Status status = Status.UNIMPLEMENTED.withDescription(
                "HTTP status code 404\ninvalid content-type: text/html\nheaders: Metadata(:status=404)");
        assertThat(Fault.of(status, "Invoke").text()).isEqualTo("sent an answer that is not gRPC (HTTP status 404)");
    }
}
