// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mcpgateway.testing.Javac;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What docs/plugin-author shows is what there is. */
class AuthorsDocsTest {

    private static final Path DOCS = Path.of("..", "docs", "plugin-author");
    private static final Path TEMPLATE =
            Path.of("..", "plugin-archetype", "src", "main", "resources", "archetype-resources", "src");

    /** What a block of members alone stands in. */
    private static final String AROUND = """
            package com.example;

            import static org.junit.jupiter.api.Assertions.*;

            import dev.mcpgateway.testkit.*;
            import java.util.*;
            import org.junit.jupiter.api.*;
            import org.junit.jupiter.api.extension.*;

            class Block%d {
                @RegisterExtension
                static final TestGateway gateway = TestGateway.create();

                %s
            }
            """;

    @Test
    void every_Java_block_compiles() throws IOException {
        Map<String, String> sources = new HashMap<>();
        for (Path page : pages()) {
            Matcher block = Pattern.compile("(?ms)^```java\n(.*?)^```").matcher(Files.readString(page));
            while (block.find()) {
                String text = whole(sources.size(), block.group(1));
                assertThat(sources.put(className(text), text)).as(text).isNull();
            }
        }
        assertThat(sources).hasSizeGreaterThanOrEqualTo(4);
        Javac.compile(sources, System.getProperty("java.class.path"));
    }

    @Test
    void the_plugin_and_the_test_that_are_shown_are_the_archetype_s() throws IOException {
        assertThat(Files.readString(DOCS.resolve("README.md"))).contains(template("main/java/Plugin.java"));
        assertThat(Files.readString(DOCS.resolve("testing.md"))).contains(template("test/java/PluginTest.java"));
    }

    @Test
    void every_link_leads_somewhere() throws IOException {
        List<String> dead = new ArrayList<>();
        for (Path page : pages()) {
            Matcher link = Pattern.compile("\\]\\(([^):#]+)(#[^)]*)?\\)").matcher(Files.readString(page));
            while (link.find()) {
                if (!Files.exists(page.resolveSibling(link.group(1)))) {
                    dead.add(page.getFileName() + ": " + link.group(1));
                }
            }
        }
        assertThat(dead).isEmpty();
    }

    private static List<Path> pages() throws IOException {
        try (Stream<Path> pages = Files.list(DOCS)) {
            return pages.sorted().toList();
        }
    }

    private static String template(String path) throws IOException {
        return Files.readString(TEMPLATE.resolve(path))
                .replace("${package}", "com.example")
                .replace("${artifactId}", "greeter");
    }

    private static String whole(int number, String block) {
        return block.startsWith("package ") ? block : AROUND.formatted(number, block);
    }

    private static String className(String text) {
        Matcher type =
                Pattern.compile("(?m)^(?:public )?(?:final )?class (\\w+)").matcher(text);
        assertThat(type.find()).as(text).isTrue();
        return "com.example." + type.group(1);
    }
}
