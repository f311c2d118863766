// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressTest {

    @Test
    void a_name_and_both_kinds_of_IP_address_are_hosts() {
        assertThat(Address.parse("localhost:50051")).isEqualTo(new Address.Host("localhost", 50051));
        assertThat(Address.parse("10.0.0.7:1")).isEqualTo(new Address.Ip(new InetSocketAddress("10.0.0.7", 1)));
        assertThat(Address.parse("[::1]:65535")).isEqualTo(new Address.Ip(new InetSocketAddress("::1", 65535)));
    }

    @Test
    void a_name_with_several_addresses_is_told_from_a_host() {
        assertThat(Address.parse("dns:///providers.internal:50051"))
                .isEqualTo(new Address.Name("providers.internal", 50051));
        assertThat(Address.parse("dns:///[::1]:1")).isEqualTo(Address.parse("[::1]:1"));
    }

    @Test
    void a_Unix_socket_is_named_by_its_absolute_path() {
        assertThat(Address.parse("unix:/run/x/0.sock")).isEqualTo(new Address.UnixSocket(Path.of("/run/x/0.sock")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    localhost            | is no host:port
                    localhost:           | is no host:port
                    :50051               | is no host:port
                    local host:50051     | is no host:port
                    localhost:0          | has a port that is not in 1 to 65535
                    localhost:65536      | has a port that is not in 1 to 65535
                    [::g]:50051          | needs its IPv6 address in brackets
                    [:::1]:50051         | has no IPv6 address
                    ::1:50051            | needs its IPv6 address in brackets
                    unix:run/x.sock      | needs an absolute path
                    unix:                | needs an absolute path
                    dns:///localhost     | is no host:port
                    dns:///::1:1         | needs its IPv6 address in brackets
                    dns://9.9.9.9/a:1    | names a DNS server, which is the system's to choose
                    dns:localhost:1      | needs its IPv6 address in brackets
                    http://localhost:1   | has a form that nobody knows
                    """)
    void what_is_no_address_is_refused_with_what_to_write(String text, String why) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Address.parse(text))
                .withMessageStartingWith("address '" + text + "' " + why + ": write host:port");
    }

    @Test
    void a_path_that_no_socket_can_have_is_refused_with_both_lengths() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Address.parse("unix:/" + "x".repeat(200)))
                .withMessageContaining("has a path of 201 bytes, and a socket's may have " + Address.UNIX_PATH_BYTES);
    }
}
