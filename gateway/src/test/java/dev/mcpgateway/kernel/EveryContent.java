// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mcpgateway.api.Content;
import dev.mcpgateway.api.ResourceContents;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** One content of each kind that the API has; fails where a kind has been added to the API and not here. */
public final class EveryContent {

    /** Bytes in each of them. */
    public static final int SIZE = 9;

    private EveryContent() {}

    public static List<Content> list() {
        ByteBuffer data = ByteBuffer.allocate(SIZE);
        List<ResourceContents> resources =
                List.of(ResourceContents.text("a://b", "a text, 9"), ResourceContents.blob("a://b", data));
        List<Content> all = Stream.concat(
                        Stream.of(
                                Content.text("a text, 9"),
                                Content.image(data, "image/png"),
                                Content.audio(data, "audio/wav"),
                                Content.resourceLink("a://link", "x")),
                        resources.stream().map(Content::embedded))
                .toList();
        assertThat(all.stream().<Class<?>>map(Object::getClass)).containsAll(kinds(Content.class));
        assertThat(resources.stream().<Class<?>>map(Object::getClass)).containsAll(kinds(ResourceContents.class));
        return all;
    }

    private static List<Class<?>> kinds(Class<?> base) {
        return Arrays.stream(base.getDeclaredClasses())
                .filter(base::isAssignableFrom)
                .toList();
    }
}
