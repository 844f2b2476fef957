# Sourced by run, check and itests/trace-check: finds or installs the tools, builds what is out of date.
# Expects root, the directory of the root pom.

java=${JAVA_HOME:+$JAVA_HOME/bin/}java

# The programs beside bash and Java that the scripts call, each with its package.
programs=(awk:mawk find:findutils flock:util-linux sed:sed)

# Java encodes file names as the locale says, and in the locale C only ASCII. Containers often set none.
[[ $(locale charmap 2>/dev/null) == UTF-8 ]] || export LC_ALL=C.UTF-8

fail() {
    echo "$(basename "$0"): $*" >&2
    exit 1
}

# The major version of the java in use, or 0 if there is none.
java_version() {
    local version
    version=$("$java" -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p' | head -n 1) || true
    echo "${version:-0}"
}

# Sets missing to those of some PROGRAM:PACKAGE that are not installed.
find_missing() {
    local program
    missing=()
    for program; do
        PATH=$PATH:/usr/sbin:/sbin command -v "${program%:*}" >/dev/null || missing+=("$program")
    done
}

require_programs() {
    local missing
    find_missing "${programs[@]}"
    ((${#missing[@]} == 0)) || fail "needs ${missing[*]%:*} (apt-get install ${missing[*]#*:})"
}

require_java() {
    (($(java_version) >= 17)) || install_missing "${programs[@]}"
    require_programs
    (($(java_version) >= 17)) && return
    local said
    said=$("$java" -version 2>&1 | head -n 1) || true
    fail "needs a JDK 17 or later (apt-get install openjdk-17-jdk-headless); JAVA_HOME or the PATH has ${java}, which says: $said"
}

has_javac() {
    command -v "${java}c" >/dev/null
}

has_maven() {
    local version
    version=$(mvn -v 2>/dev/null | sed -n 's/.*Apache Maven \([0-9.]*[0-9]\).*/\1/p') || true
    [[ $(printf '%s\n' 3.8 "${version:-0}" | sort -V | head -n 1) == 3.8 ]]
}

# install_missing PROGRAM:PACKAGE...: installs the packages of missing programs, a JDK and Maven with apt,
# if that is there and this runs as root. Says what it is about to do; what is missing afterwards is the
# caller's to find out.
install_missing() {
    local missing packages name
    name=$(basename "$0")
    find_missing "$@"
    packages=("${missing[@]#*:}")
    if (($(java_version) < 17)) || ! has_javac; then
        packages+=(openjdk-17-jdk-headless)
    fi
    has_maven || packages+=(maven)
    ((${#packages[@]} > 0)) && ((EUID == 0)) && command -v apt-get >/dev/null || return 0
    echo "$name: installs what is missing with apt-get: ${packages[*]}" >&2
    export DEBIAN_FRONTEND=noninteractive
    # not every release has 17; its default JDK is then a later one
    apt-get update && {
        apt-get install -y --no-install-recommends "${packages[@]}" \
            || apt-get install -y --no-install-recommends "${packages[@]/openjdk-17/default}"
    } || echo "$name: apt did not install ${packages[*]}; continues without" >&2
}

require_build_tools() {
    require_java
    has_javac || fail "has a Java without a compiler: needs a JDK (apt-get install openjdk-17-jdk-headless)"
    has_maven || fail "needs Maven 3.8 or later (apt-get install maven)"
}

# Maven with the arguments of MAVEN_ARGS, which Maven itself reads only from 3.9 on.
maven() {
    local args
    read -r -a args <<<"${MAVEN_ARGS:-}"
    (cd "$root" && env -u MAVEN_ARGS mvn "${args[@]}" "$@")
}

# out_of_date FILE INPUT...: whether FILE is missing, or older than its inputs: modules, or single
# files and directories. Directories count too: they change when a file is deleted.
out_of_date() {
    local file=$1 inputs=("$root/pom.xml") input
    for input in "${@:2}"; do
        if [[ -e $root/$input/pom.xml ]]; then
            inputs+=("$root/$input"/{pom.xml,src/main})
        else
            inputs+=("$root/$input")
        fi
    done
    [[ ! -e $file || -n $(find "${inputs[@]}" -newer "$file" -print -quit) ]]
}

# Says where a build has got to: Maven's output comes in, a line for each module goes out, and one now and
# then while nothing comes, as while Maven downloads.
show_build() {
    local line name status
    name=$(basename "$0")
    while true; do
        status=0
        IFS= read -r -t 20 line || status=$?
        if ((status > 128)); then
            echo "$name: still builds, after $SECONDS s"
        elif ((status > 0)); then
            return 0
        elif [[ $line == *' Building jobcontrol '*']' ]]; then
            line=${line#*Building }
            echo "$name: builds ${line%% [0-9]*} ${line##* }"
        fi
    done
}

# build_if_needed FILE INPUTS -- MAVEN-ARGUMENTS: makes FILE; only one process at a time does. A build takes
# minutes the first time, so it says that it builds, where it is, and where Maven's own output goes.
build_if_needed() {
    local file=$1 inputs=() started
    shift
    while [[ $1 != -- ]]; do
        inputs+=("$1")
        shift
    done
    shift
    out_of_date "$file" "${inputs[@]}" || return 0
    { has_javac && has_maven; } || install_missing "${programs[@]}"
    require_build_tools
    (
        name=$(basename "$0") log=$root/target/build.log
        flock --nonblock 9 || { echo "$name: waits for another build" >&2; flock 9; }
        out_of_date "$file" "${inputs[@]}" || exit 0
        started=$(date +%s.%N)
        mkdir -p "$root/target" || fail "cannot make $root/target"
        [[ -e $file ]] && first='' || first=', which takes minutes the first time'
        echo "$name: builds what is out of date$first; Maven's output is in $log" >&2
        maven --batch-mode "$@" 2>&1 | tee "$log" | show_build >&2 || {
            grep -E '^\[(ERROR|FATAL)\]' "$log" | head -n 20 >&2 || true
            fail "the build failed, see $log"
        }
        # as old as what it was made of, should somebody have edited meanwhile
        touch -d "@$started" "$file"
    ) 9<"$root/pom.xml"
}
