// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.api;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Everything of gateway-api that a plugin can see, one type or member a line, in an order that does not depend on the
 * source. What follows from a declaration by itself (a record's accessors, an enum's {@code values()}) is left out.
 */
final class PublicApi {

    private static final String PACKAGE = PublicApi.class.getPackageName() + ".";
    private static final Pattern KNOWN =
            Pattern.compile("java\\.lang\\.(?=[A-Z])|" + PACKAGE.replace(".", "\\.") + "(?=([a-z]+\\.)*[A-Z])");

    private PublicApi() {}

    /** The lines of api.txt, without its head. */
    static List<String> lines() throws IOException {
        List<String> lines = new ArrayList<>();
        for (Class<?> type : types()) {
            lines.add(declaration(type));
            members(type).forEach(member -> lines.add("    " + member));
            lines.add("");
        }
        return lines;
    }

    private static List<Class<?>> types() throws IOException {
        Path root = Path.of(uri());
        try (Stream<Path> files = Files.walk(root.resolve(PACKAGE.replace('.', '/')))) {
            return files.map(file -> root.relativize(file).toString().replace('/', '.'))
                    .filter(name -> name.endsWith(".class") && !name.endsWith("package-info.class"))
                    .<Class<?>>map(name -> load(name.substring(0, name.length() - ".class".length())))
                    .filter(PublicApi::isVisible)
                    .sorted(Comparator.comparing(Class::getName))
                    .toList();
        }
    }

    private static java.net.URI uri() {
        try {
            return GatewayPlugin.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, PublicApi.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new UncheckedIOException(new IOException(name + " is on disk and not on the class path", e));
        }
    }

    private static boolean isVisible(Class<?> type) {
        Class<?> outside = type.getDeclaringClass();
        return !type.isAnonymousClass() && isVisible(type.getModifiers()) && (outside == null || isVisible(outside));
    }

    private static boolean isVisible(int modifiers) {
        return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
    }

    private static String declaration(Class<?> type) {
        StringBuilder line = new StringBuilder();
        if (type.isSealed()) {
            line.append("sealed ");
        }
        if (type.isInterface()) {
            line.append("interface ");
        } else if (type.isRecord()) {
            line.append("record ");
        } else if (type.isEnum()) {
            line.append("enum ");
        } else {
            int modifiers = type.getModifiers();
            line.append(Modifier.isAbstract(modifiers) ? "abstract " : Modifier.isFinal(modifiers) ? "final " : "");
            line.append("class ");
        }
        line.append(type.getTypeName().substring(PACKAGE.length()).replace('$', '.'));
        if (type.isRecord()) {
            line.append(Stream.of(type.getRecordComponents())
                    .map(PublicApi::component)
                    .collect(Collectors.joining(", ", "(", ")")));
        }
        Type parent = type.getGenericSuperclass();
        if (parent != null && parent != Object.class && parent != Record.class && !type.isEnum()) {
            line.append(" extends ").append(name(parent));
        }
        String interfaces = names(type.getGenericInterfaces());
        if (!interfaces.isEmpty()) {
            line.append(type.isInterface() ? " extends " : " implements ").append(interfaces);
        }
        return line.toString();
    }

    private static String component(RecordComponent component) {
        return name(component.getGenericType()) + " " + component.getName();
    }

    private static List<String> members(Class<?> type) {
        List<String> members = new ArrayList<>();
        of(type.getDeclaredFields()).map(PublicApi::field).forEach(members::add);
        List<Class<?>> components = type.isRecord()
                ? Stream.of(type.getRecordComponents())
                        .<Class<?>>map(RecordComponent::getType)
                        .toList()
                : List.of();
        of(type.getDeclaredConstructors())
                .filter(each -> !type.isRecord() || !components.equals(List.of(each.getParameterTypes())))
                .map(PublicApi::constructor)
                .sorted()
                .forEach(members::add);
        of(type.getDeclaredMethods())
                .filter(followsFromDeclaration(type).negate())
                .sorted(Comparator.comparing(Method::getName).thenComparing(PublicApi::parameters))
                .map(PublicApi::method)
                .forEach(members::add);
        return members;
    }

    private static <M extends Member> Stream<M> of(M[] members) {
        return Stream.of(members).filter(member -> isVisible(member.getModifiers()) && !member.isSynthetic());
    }

    private static Predicate<Method> followsFromDeclaration(Class<?> type) {
        List<String> implied;
        if (type.isRecord()) {
            implied = new ArrayList<>(List.of("equals", "hashCode", "toString"));
            Stream.of(type.getRecordComponents()).map(RecordComponent::getName).forEach(implied::add);
        } else if (type.isEnum()) {
            implied = List.of("values", "valueOf");
        } else {
            implied = List.of();
        }
        return method -> implied.contains(method.getName());
    }

    private static String field(Field field) {
        if (field.isEnumConstant()) {
            return field.getName();
        }
        return modifiers(field) + name(field.getGenericType()) + " " + field.getName() + constant(field);
    }

    /** Constants are copied into the plugins that use them, so their values are part of what was promised. */
    private static String constant(Field field) {
        boolean isCopied = field.getType().isPrimitive() || field.getType() == String.class;
        if (!isCopied || !Modifier.isStatic(field.getModifiers())) {
            return "";
        }
        try {
            Object value = field.get(null);
            return " = " + (value instanceof String ? "\"" + value + "\"" : value);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String constructor(Constructor<?> constructor) {
        String simple = constructor.getDeclaringClass().getSimpleName();
        return modifiers(constructor) + simple + "(" + parameters(constructor) + ")" + thrown(constructor);
    }

    private static String method(Method method) {
        String generic = method.getTypeParameters().length == 0
                ? ""
                : Stream.of(method.getTypeParameters())
                        .map(Type::getTypeName)
                        .collect(Collectors.joining(", ", "<", "> "));
        return modifiers(method) + generic + name(method.getGenericReturnType()) + " " + method.getName() + "("
                + parameters(method) + ")" + thrown(method);
    }

    /** Without {@code public}: nearly everything here is. */
    private static String modifiers(Member member) {
        StringBuilder words = new StringBuilder();
        int modifiers = member.getModifiers();
        boolean isOfInterface = member.getDeclaringClass().isInterface();
        words.append(Modifier.isProtected(modifiers) ? "protected " : "");
        words.append(Modifier.isStatic(modifiers) ? "static " : "");
        words.append(Modifier.isAbstract(modifiers) && !isOfInterface ? "abstract " : "");
        words.append(Modifier.isFinal(modifiers) && !isOfInterface ? "final " : "");
        words.append(member instanceof Method method && method.isDefault() ? "default " : "");
        return words.toString();
    }

    private static String parameters(Executable executable) {
        return Arrays.stream(executable.getParameters())
                .map(parameter -> parameter.isVarArgs() ? variable(parameter) : name(parameter.getParameterizedType()))
                .collect(Collectors.joining(", "));
    }

    private static String variable(Parameter parameter) {
        return name(parameter.getParameterizedType()).replaceFirst("\\[]$", "...");
    }

    private static String thrown(Executable executable) {
        String types = names(executable.getGenericExceptionTypes());
        return types.isEmpty() ? "" : " throws " + types;
    }

    private static String names(Type[] types) {
        return Stream.of(types).map(PublicApi::name).collect(Collectors.joining(", "));
    }

    /** Of our own types and those of java.lang the bare name. */
    private static String name(Type type) {
        Matcher known = KNOWN.matcher(type.getTypeName());
        return known.replaceAll("").replace('$', '.');
    }
}
