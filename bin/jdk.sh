# Finds Java 25 or newer without starting a process. Sourced by the launcher and by the build.
#
#   find_jdk java|javac      sets JDK to the first home that has that program and JDK_BUILD to its build, else returns 1
#   aot_cache KEY            sets AOT_CACHE to what a cache is named for jars with that key on that build
#   private_cache_folder     sets CACHE_FOLDER to where caches lie that have no place beside the jars
#   JDK_HELP                 what to tell who gets that 1

JDK_HELP="needs Java 25 or newer and found none: install Temurin 25 (https://adoptium.net), or set JAVA_HOME to where one is"

# jdk_is_usable HOME PROGRAM: a JDK says its version in the file `release`, so nobody has to ask its java.
jdk_is_usable() {
    [ -x "$1/bin/$2" ] && [ -r "$1/release" ] || return 1
    jdk_version=0
    jdk_runtime=
    jdk_maker=
    while IFS= read -r jdk_line; do
        jdk_value=${jdk_line#*=\"}
        jdk_value=${jdk_value%\"*}
        case $jdk_line in
            JAVA_VERSION=*) jdk_version=${jdk_value%%[!0-9]*} ;;
            JAVA_RUNTIME_VERSION=*) jdk_runtime=$jdk_value ;;
            IMPLEMENTOR=*) jdk_maker=${jdk_value%%[!0-9A-Za-z]*} ;;
        esac
    done <"$1/release"
    JDK_BUILD=${jdk_maker:-jdk}-${jdk_runtime:-$jdk_version}
    [ "${jdk_version:-0}" -ge 25 ]
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

# A cache serves one build of the JVM, one collector, and the jars that it was made of.
aot_cache() {
    AOT_CACHE=gateway-$1-$JDK_BUILD-serial.aot
}

private_cache_folder() {
    CACHE_FOLDER=${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/mcp-gateway
}

# is_private FOLDER: whether it is ours and nobody else may enter. What lies there is run.
is_private() {
    [ -d "$1" ] && [ -O "$1" ] && case $(ls -ld "$1") in drwx------*) true ;; *) false ;; esac
}
