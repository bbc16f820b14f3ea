#!/usr/bin/env bash
# Builds and runs the JMH benchmarks; the arguments are JMH's (-h lists them).
#   benchmarks/jmh.sh Codec                       those whose name matches
#   benchmarks/jmh.sh Codec -prof gc -f 1 -i 3    with allocation, shorter
set -euo pipefail
cd "$(dirname "$0")/.."

mvn -B -ntp -q -pl benchmarks/jmh -am process-classes -Dcheckstyle.skip -Dspring-javaformat.validate.skip

java="${JAVA_HOME:+$JAVA_HOME/bin/}java"
target=benchmarks/jmh/target
exec "$java" -cp "$target/classes:$(cat "$target/class-path.txt")" org.openjdk.jmh.Main "$@"
