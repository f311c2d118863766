package dev.mcpgateway.kernel.config;

import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;

/** Reads a YAML file as far as its tree of nodes, each of which knows its line and column. Nothing is constructed. */
final class YamlFile {

    private static final long MAX_BYTES = 1024 * 1024;
    private static final int MAX_ALIASES = 50;
    private static final int MAX_DEPTH = 50;

    private YamlFile() {}

    static MappingNode read(Path file) throws ConfigurationException {
        String text = text(file);
        LoaderOptions options = new LoaderOptions();
        options.setMaxAliasesForCollections(MAX_ALIASES);
        options.setNestingDepthLimit(MAX_DEPTH);
        options.setCodePointLimit((int) MAX_BYTES);
        Node root;
        try {
            root = new Yaml(options).compose(new StringReader(text));
        } catch (MarkedYAMLException e) {
            Mark mark = e.getProblemMark();
            throw problem(file, mark.getLine() + 1, mark.getColumn() + 1, "not YAML: " + oneLine(e.getProblem()));
        } catch (YAMLException e) {
            throw problem(file, 0, 0, "not YAML: " + oneLine(String.valueOf(e.getMessage())));
        }
        if (root == null) {
            throw problem(file, 1, 1, "empty: it needs at least `providers: []`");
        }
        if (root instanceof MappingNode mapping) {
            return mapping;
        }
        throw problem(
                file,
                root.getStartMark().getLine() + 1,
                root.getStartMark().getColumn() + 1,
                "must be a mapping that begins with `providers:`");
    }

    private static String text(Path file) throws ConfigurationException {
        byte[] bytes;
        try {
            if (Files.isDirectory(file)) {
                throw problem(file, 0, 0, "is a folder: name the file in it, e.g. " + file.resolve("providers.yaml"));
            }
            if (!Files.exists(file)) {
                throw problem(
                        file, 0, 0, "does not exist: name the configuration with --config FILE or MCP_GATEWAY_CONFIG");
            }
            if (Files.size(file) > MAX_BYTES) {
                throw problem(file, 0, 0, "has " + Files.size(file) + " bytes, the limit is " + MAX_BYTES + " bytes");
            }
            bytes = Files.readAllBytes(file);
        } catch (IOException e) {
            throw problem(file, 0, 0, "cannot be read: check its permissions");
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw problem(file, 0, 0, "is not UTF-8: save it in that encoding");
        }
    }

    private static ConfigurationException problem(Path file, int line, int column, String text) {
        return new ConfigurationException(List.of(new Problem(file, line, column, text)));
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\p{Cntrl}+", " ").strip();
    }
}
