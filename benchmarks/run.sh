#!/usr/bin/env bash
# Builds what is measured, then runs the load driver; --help lists its options.
#   benchmarks/run.sh --quick            a rough picture in less than four minutes
#   benchmarks/run.sh --report docs      all of it, into docs/performance.md
# With --no-build as the first option it takes what was built before.
set -euo pipefail
cd "$(dirname "$0")/.."

modules=(thrift grpc armeria drift)

if [ "${1:-}" = --no-build ]; then
	shift
else
	mvn -B -ntp -q -pl "$(printf 'benchmarks/%s,' "${modules[@]}")" -am process-classes \
		-Dcheckstyle.skip -Dspring-javaformat.validate.skip
fi

java="${JAVA_HOME:+$JAVA_HOME/bin/}java"
harness=benchmarks/harness/target
exec "$java" -Djava.awt.headless=true -cp "$harness/classes:$(cat "$harness/class-path.txt")" \
	io.github.thriftboot.benchmarks.driver.Driver \
	--modules "$(printf 'benchmarks/%s,' "${modules[@]}" | sed 's/,$//')" "$@"
