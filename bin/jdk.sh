# Finds Java 25 or newer without starting a process. Sourced by the launcher and by the build.
#
#   find_jdk java|javac      sets JDK to the first home that has that program, else returns 1
#   JDK_HELP                 what to tell who gets that 1

JDK_HELP="needs Java 25 or newer and found none: install Temurin 25 (https://adoptium.net), or set JAVA_HOME to where one is"

# jdk_is_usable HOME PROGRAM: a JDK says its version in the file `release`, so nobody has to ask its java.
jdk_is_usable() {
    [ -x "$1/bin/$2" ] && [ -r "$1/release" ] || return 1
    while IFS= read -r jdk_line; do
        case $jdk_line in
            JAVA_VERSION=*)
                jdk_version=${jdk_line#JAVA_VERSION=\"}
                jdk_version=${jdk_version%%[!0-9]*}
                [ "${jdk_version:-0}" -ge 25 ]
                return
                ;;
        esac
    done <"$1/release"
    return 1
}

find_jdk() {
    # Said in as many words, so nothing else will do. JAVA_HOME is for every Java program here, and may well be older.
    if [ -n "${MCP_GATEWAY_JAVA_HOME:-}" ]; then
        JDK=$MCP_GATEWAY_JAVA_HOME
        JDK_HELP="MCP_GATEWAY_JAVA_HOME=$JDK is not the home of a Java 25 or newer"
        jdk_is_usable "$JDK" "$1"
        return
    fi
    for JDK in \
        "${JAVA_HOME:-}" \
        /usr/lib/jvm/* \
        /opt/java/* /opt/*jdk* \
        /Library/Java/JavaVirtualMachines/*/Contents/Home \
        /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
        /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
        /home/linuxbrew/.linuxbrew/opt/openjdk*/libexec \
        "${HOME:-}"/.sdkman/candidates/java/* \
        "${HOME:-}"/.jdks/* \
        "${HOME:-}"/.asdf/installs/java/* \
        "${HOME:-}"/.local/share/mise/installs/java/*; do
        if [ -n "$JDK" ] && jdk_is_usable "$JDK" "$1"; then return 0; fi
    done

    # Last, whatever the PATH has: often a link, which only another process can follow.
    jdk_on_path=$(command -v "$1") && jdk_on_path=$(readlink -f "$jdk_on_path" 2>/dev/null) || return 1
    JDK=${jdk_on_path%/bin/*}
    jdk_is_usable "$JDK" "$1"
}
