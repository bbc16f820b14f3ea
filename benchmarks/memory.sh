#!/usr/bin/env bash
# Builds the runtime and prints what an idle connection holds in memory.
set -euo pipefail
cd "$(dirname "$0")/.."

mvn -B -ntp -q -pl benchmarks/thrift -am process-classes -Dcheckstyle.skip -Dspring-javaformat.validate.skip

java="${JAVA_HOME:+$JAVA_HOME/bin/}java"
target=benchmarks/thrift/target
exec "$java" -Xmx512m -XX:+UseSerialGC -cp "$target/classes:$(cat "$target/class-path.txt")" \
	io.github.thriftboot.benchmarks.thrift.runtime.IdleConnections
