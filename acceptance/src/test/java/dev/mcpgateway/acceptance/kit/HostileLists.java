// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance.kit;

import com.google.protobuf.ByteString;
import dev.mcpgateway.provider.v1.Capabilities;
import dev.mcpgateway.provider.v1.Resource;
import dev.mcpgateway.provider.v1.Tool;
import java.util.List;
import java.util.stream.IntStream;

/** What a provider may list to be a burden. Each is about 10 MB, but for the templates. */
public final class HostileLists {

    private static final int TOOLS = 1_650;
    private static final int SUBSCHEMAS = 1_990;
    private static final ByteString SUBSCHEMAS_OF_ONE =
            ByteString.copyFromUtf8("\"allOf\":[" + "{},".repeat(SUBSCHEMAS - 1) + "{}]}");
    private static final String LONG_TEXT = "x".repeat(5_000);
    private static final List<Tool> LONG =
            IntStream.range(0, 999).mapToObj(i -> talkative(i, "long")).toList();
    private static final int TEMPLATES = 1_000;

    private HostileLists() {}

    /** 1,650 tools with 1,990 empty subschemas each, and each of them another one in every version. */
    public static Capabilities changing(int version) {
        Capabilities.Builder list = Capabilities.newBuilder();
        for (int i = 0; i < TOOLS; i++) {
            ByteString schema = ByteString.copyFromUtf8("{\"type\":\"object\",\"title\":\"" + version + "\",")
                    .concat(SUBSCHEMAS_OF_ONE);
            list.addTools(Tool.newBuilder()
                    .setName("tool" + i)
                    .setDescription("wide")
                    .setInputSchema(dev.mcpgateway.provider.v1.Json.newBuilder().setValue(schema)));
        }
        return list.build();
    }

    /** 1,000 tools with much to say, of which the last is another one in every version. */
    public static Capabilities changingInOne(int version) {
        return Capabilities.newBuilder()
                .addAllTools(LONG)
                .addTools(talkative(LONG.size(), "version " + version))
                .build();
    }

    private static Tool talkative(int number, String word) {
        return Tool.newBuilder()
                .setName("tool" + number)
                .setDescription(word + " " + LONG_TEXT)
                .setInputSchema(HostileProvider.json("{\"type\":\"object\",\"description\":\"" + LONG_TEXT + "\"}"))
                .build();
    }

    /** As many templates as are let in and more, that fit any scheme and have to be compared with all of a URI. */
    public static Capabilities templates() {
        Capabilities.Builder list = Capabilities.newBuilder();
        for (int i = 0; i < TEMPLATES; i++) {
            list.addResources(
                    Resource.newBuilder().setName("family" + i).setUriTemplate("{+a}b".repeat(15) + "{+c}" + i + "y"));
        }
        return list.build();
    }
}
