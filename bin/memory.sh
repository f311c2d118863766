# Finds out how much memory this process may have, without starting another. Sourced by the launcher.
#
#   memory_limit FILE ROOT   sets MEMORY_LIMIT to the least limit in bytes of the control groups that FILE names (as
#                            /proc/self/cgroup does), which lie under ROOT (as under /sys/fs/cgroup); empty where there is none
#   memory_share BYTES       sets HEAP_MB and DIRECT_MB to what of so many the JVM may use for each; returns 1 where that is too
#                            little to work with
#   MEMORY_NEEDED_MB         below which it is

# What is neither heap nor direct memory, measured under load: classes, compiled code, threads, the C library; and a small provider.
MEMORY_BESIDE_MB=192
MEMORY_NEEDED_MB=384

memory_limit() {
    MEMORY_LIMIT=
    [ -r "$1" ] || return 0
    while IFS=: read -r memory_id memory_controllers memory_path; do
        case $memory_id:,$memory_controllers, in
            0:,,) # version 2; beside version 1 it lies one folder deeper
                least_memory "$2" "$memory_path" memory.max
                least_memory "$2/unified" "$memory_path" memory.max
                ;;
            *:*,memory,*) least_memory "$2/memory" "$memory_path" memory.limit_in_bytes ;;
        esac
    done <"$1"
}

# least_memory ROOT PATH FILE: from the group itself up to the root, any of which may set a limit. In a container the path may be
# one of the machine outside: then there is only the root.
least_memory() {
    memory_path=$2
    while :; do
        memory_path=${memory_path%/}
        if [ -r "$1$memory_path/$3" ]; then
            memory_bytes=
            read -r memory_bytes <"$1$memory_path/$3" || :
            case $memory_bytes in
                '' | *[!0-9]*) ;;
                ????????????????*) ;; # a petabyte: how version 1 says that there is none
                *)
                    if [ -z "$MEMORY_LIMIT" ] || [ "$memory_bytes" -lt "$MEMORY_LIMIT" ]; then
                        MEMORY_LIMIT=$memory_bytes
                    fi
                    ;;
            esac
        fi
        case $memory_path in
            */*) memory_path=${memory_path%/*} ;;
            *) break ;;
        esac
    done
}

memory_share() {
    memory_mb=$(($1 / 1048576))
    [ "$memory_mb" -ge "$MEMORY_NEEDED_MB" ] || return 1
    memory_mb=$((memory_mb - MEMORY_BESIDE_MB))
    DIRECT_MB=$((memory_mb / 5))
    HEAP_MB=$((memory_mb - DIRECT_MB))
}
