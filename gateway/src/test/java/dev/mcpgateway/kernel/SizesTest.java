// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/** What CONTRIBUTING.md asks of the size of classes and methods. A class that is larger says why, in its Javadoc. */
class SizesTest {

    private static final int LINES_OF_A_CLASS = 400;
    private static final int LINES_OF_A_METHOD = 60;

    @Test
    void no_class_is_longer_than_can_be_read_at_once_unless_it_says_why() throws IOException {
        List<String> tooLong = new ArrayList<>();
        for (Path source : sources()) {
            List<String> lines = Files.readAllLines(source);
            boolean saysWhy = String.join(" ", lines)
                    .replaceAll("[ *]+", " ")
                    .contains("It is longer than other classes are, since ");
            if (lines.size() > LINES_OF_A_CLASS && !saysWhy) {
                tooLong.add(source + " has " + lines.size() + " lines");
            }
        }
        assertThat(tooLong).as("longer than " + LINES_OF_A_CLASS + " lines").isEmpty();
    }

    @Test
    void no_method_is_longer_than_a_screen() throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        JavacTask task = (JavacTask) compiler.getTask(
                null,
                null,
                null,
                List.of(),
                null,
                compiler.getStandardFileManager(null, null, null).getJavaFileObjectsFromPaths(sources()));
        SourcePositions positions = Trees.instance(task).getSourcePositions();
        List<String> tooLong = new ArrayList<>();
        for (CompilationUnitTree unit : task.parse()) {
            LineMap lines = unit.getLineMap();
            new TreeScanner<Void, Void>() {
                @Override
                public Void visitMethod(MethodTree method, Void nothing) {
                    long length = lines.getLineNumber(positions.getEndPosition(unit, method))
                            - lines.getLineNumber(positions.getStartPosition(unit, method))
                            + 1;
                    if (length > LINES_OF_A_METHOD) {
                        tooLong.add(unit.getSourceFile().getName() + ": " + method.getName() + " has " + length);
                    }
                    return super.visitMethod(method, nothing);
                }
            }.scan(unit, null);
        }
        assertThat(tooLong).as("longer than " + LINES_OF_A_METHOD + " lines").isEmpty();
    }

    /** Of what is delivered, in all modules: not of tests, nor of what is made by the build. */
    private static List<Path> sources() throws IOException {
        List<Path> sources = new ArrayList<>();
        for (String modules : List.of("..", "../plugins")) {
            try (DirectoryStream<Path> each = Files.newDirectoryStream(Path.of(modules))) {
                for (Path module : each) {
                    addSources(module.resolve("src/main/java"), sources);
                }
            }
        }
        assertThat(sources).hasSizeGreaterThan(300);
        return sources;
    }

    private static void addSources(Path folder, List<Path> sources) throws IOException {
        if (Files.isDirectory(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                files.filter(each -> each.toString().endsWith(".java")).forEach(sources::add);
            }
        }
    }
}
