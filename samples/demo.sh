#!/usr/bin/env bash
# The whole path on real parts: a Eureka server, two providers of different weight and a
# consumer, each a process of its own. Makes calls, kills and restarts providers, and
# checks what happens. Ends with 0 only if all of it happened, and leaves no process behind.
#
# Needs JDK 17 or later, Maven 3.8 or later and bash 4.4 or later. Every port is chosen by the
# operating system: each process binds port 0 and says what it got.
set -euo pipefail
shopt -s globstar nullglob

cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly jars=(
	samples/eureka-server/target/sample-eureka-server.jar
	samples/provider/target/sample-provider.jar
	samples/consumer/target/sample-consumer.jar
)
readonly built_from=samples/target/demo-built-from
readonly weight_a=300 weight_b=100
readonly share_calls=2000 visits=40 callers=4

declare -A pids=()    # name -> process id, of those that should be running
declare -A log=()     # name -> log of the process
declare -A tally=()   # the numbers of the last answer
declare -A counted=() # name -> visits that the provider has counted
declare -a listed=()  # Thrift ports that Eureka lists
logs='' port='' eureka='' consumer='' status='' body='' reason=''
served=0 trouble=0 step=0 summary=()

# --- What it prints -------------------------------------------------------------------------

step() {
	step=$((step + 1))
	printf '\n%d. %s\n' "$step" "$1"
}

say() {
	printf '   %s\n' "$*"
}

fail() {
	reason=$*
	exit 1
}

# A line for the end.
sum_up() {
	summary+=("$*")
}

now() {
	date +%s%3N
}

# --- Processes ------------------------------------------------------------------------------

# start <name> <jar> <argument>...
start() {
	local name=$1
	shift
	# Where the system can do it, a process ends with this script even if that is SIGKILLed.
	local launcher=()
	if setpriv --pdeathsig KILL true 2>/dev/null; then
		launcher=(setpriv --pdeathsig KILL)
	fi
	log[$name]=$logs/step-$step-$name.log
	: >"${log[$name]}"
	"${launcher[@]}" java -Xmx64m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -jar "$@" \
		>>"${log[$name]}" 2>&1 </dev/null &
	pids[$name]=$!
}

# runs <pid>: whether it is a child of this script that has not ended
runs() {
	[[ $'\n'$(jobs -pr)$'\n' == *$'\n'"$1"$'\n'* ]]
}

# stop <signal> <name>: waits until it has ended
stop() {
	local pid=${pids[$2]}
	unset "pids[$2]"
	kill -s "$1" "$pid"
	[[ $1 == KILL ]] || await 20 "$2 to end after SIG$1" ended "$pid"
	wait "$pid" 2>/dev/null || true
}

ended() {
	! runs "$1"
}

clean_up() {
	local code=$? pid log
	trap '' INT TERM HUP
	for pid in $(jobs -pr); do
		kill -s KILL "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
	if ((code != 0)); then
		for log in "${logs:-/nowhere}"/*.log; do
			printf '\n--- the end of %s\n' "$log" >&2
			tail -n 30 "$log" >&2
		done
		printf '\nFAILED (exit code %d): %s\n' "$code" "${reason:-interrupted, or a command failed}" >&2
	fi
}

# await <seconds> <what> <command>...: until the command succeeds
await() {
	local deadline=$((SECONDS + $1)) what=$2 name
	shift 2
	until "$@"; do
		for name in "${!pids[@]}"; do
			runs "${pids[$name]}" || fail "$name has ended, while waiting for $what"
		done
		((SECONDS < deadline)) || fail "waited too long for $what (last answer: $status $body)"
		sleep 0.1
	done
}

# --- HTTP -----------------------------------------------------------------------------------

# http <port> <method> <path>: sets status and body
http() {
	local response=''
	{
		printf '%s %s HTTP/1.0\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n' "$2" "$3" >&3
		IFS='' read -r -d '' -t 20 response <&3 || true
	} 2>/dev/null 3<>"/dev/tcp/127.0.0.1/$1" || true
	status=${response:9:3}
	body=${response#*$'\r\n\r\n'}
}

# shop <method> <path> <expected status>: asks the consumer
shop() {
	http "$consumer" "$1" "$2"
	[[ $status == "$3" ]] || fail "$1 $2: $status $body (expected: $3)"
}

# count <calls>: makes so many calls of getUser; tally tells who answered
count() {
	shop GET "/who?calls=$1" 200
	read_tally
}

read_tally() {
	local rest=$body
	tally=()
	while [[ $rest =~ \"([^\"]+)\":([0-9]+)(.*) ]]; do
		tally[${BASH_REMATCH[1]}]=${BASH_REMATCH[2]}
		rest=${BASH_REMATCH[3]}
	done
}

# --- Conditions to wait for -----------------------------------------------------------------

# serves_http <name>: sets port
serves_http() {
	[[ $(<"${log[$1]}") =~ Tomcat\ started\ on\ port\ ([0-9]+) ]] || return 1
	port=${BASH_REMATCH[1]}
}

# serves_thrift <name>: sets port
serves_thrift() {
	[[ $(<"${log[$1]}") =~ Thrift\ server\ started\ on\ port\ ([0-9]+) ]] || return 1
	port=${BASH_REMATCH[1]}
}

# registered <Thrift port>...: whether Eureka lists them; sets listed to all that it lists
registered() {
	http "$eureka" GET /eureka/apps
	listed=()
	local rest=$body wanted
	while [[ $rest =~ \<thrift-port\>([0-9]+)\</(.*) ]]; do
		listed+=("${BASH_REMATCH[1]}")
		rest=${BASH_REMATCH[2]}
	done
	for wanted in "$@"; do
		[[ " ${listed[*]} " == *" $wanted "* ]] || return 1
	done
}

both_answer() {
	count 40
	((${tally[provider-a]:-0} > 0 && ${tally[provider-b]:-0} > 0))
}

# answered_by <who> <path>
answered_by() {
	http "$consumer" GET "$2"
	[[ $status == 200 && $body == *"\"answeredBy\":\"$1\""* ]]
}

order_taken() {
	http "$consumer" POST '/orders?user=1&sku=tea'
	[[ $status == 201 ]]
}

# Each instance counts for itself: the sum over both must be what was sent.
visits_counted() {
	shop GET /users/1/visits 200
	[[ $body =~ \"total\":([0-9]+).*\"answeredBy\":\"([^\"]+)\" ]] || return 1
	counted[${BASH_REMATCH[2]}]=${BASH_REMATCH[1]}
	((${counted[provider-a]:-0} + ${counted[provider-b]:-0} >= visits))
}

# traffic: reads its counters; sets served (answered by a provider) and trouble (all others)
traffic() {
	local key
	shop GET /traffic 200
	read_tally
	served=0 trouble=0
	for key in "${!tally[@]}"; do
		case $key in
			lastTrouble) ;;
			*' provider-'*) served=$((served + ${tally[$key]})) ;;
			*) trouble=$((trouble + ${tally[$key]})) ;;
		esac
	done
}

# traffic_reaches <number>
traffic_reaches() {
	traffic
	((served >= $1))
}

# --- Build ----------------------------------------------------------------------------------

# Of everything that the jars are made from, and of the jars.
fingerprint() {
	local file files=()
	for file in pom.xml .mvn/* src/** thrift-*/pom.xml thrift-*/src/main/** \
		samples/pom.xml samples/*/pom.xml samples/*/src/{main,gen}/** "${jars[@]}"; do
		[[ -f $file ]] && files+=("$file")
	done
	sha256sum "${files[@]}"
}

build() {
	local jar
	if [[ -f $built_from && $(fingerprint) == "$(<"$built_from")" ]]; then
		say 'nothing has changed since the last time'
		return
	fi
	mvn -q -B -ntp -DskipTests -Dcheckstyle.skip -Dspring-javaformat.validate.skip package -am \
		-pl samples/eureka-server,samples/provider,samples/consumer >"$logs/maven.log" 2>&1 </dev/null &
	wait $! || fail 'the build failed'
	for jar in "${jars[@]}"; do
		[[ -f $jar ]] || fail "the build made no $jar"
	done
	fingerprint >"$built_from"
	say "built in $SECONDS s"
}

# start_provider <name> <weight>
start_provider() {
	start "$1" samples/provider/target/sample-provider.jar --shop.instance="$1" \
		--thrift.server.port=0 --thrift.server.address=127.0.0.1 --thrift.server.weight="$2" \
		--eureka.client.service-url.defaultZone="http://localhost:$eureka/eureka/"
}

# --- The demo -------------------------------------------------------------------------------

for tool in java mvn; do
	command -v "$tool" >/dev/null || fail "$tool is not installed"
done
mkdir -p samples/target
logs=$(mktemp -d samples/target/demo-XXXXXX)
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

step 'Build'
build

step 'Start a Eureka server, two providers and a consumer'
start eureka samples/eureka-server/target/sample-eureka-server.jar \
	--server.port=0 --server.address=127.0.0.1
await 90 'the Eureka server' serves_http eureka
eureka=$port
say "eureka      process ${pids[eureka]}, HTTP port $eureka"
start_provider provider-a "$weight_a"
start_provider provider-b "$weight_b"
start consumer samples/consumer/target/sample-consumer.jar \
	--server.port=0 --server.address=127.0.0.1 \
	--eureka.client.service-url.defaultZone="http://localhost:$eureka/eureka/"
await 90 'provider-a' serves_thrift provider-a
port_a=$port
say "provider-a  process ${pids[provider-a]}, Thrift port $port_a, weight $weight_a"
await 90 'provider-b' serves_thrift provider-b
port_b=$port
say "provider-b  process ${pids[provider-b]}, Thrift port $port_b, weight $weight_b"
await 90 'the consumer' serves_http consumer
consumer=$port
say "consumer    process ${pids[consumer]}, HTTP port $consumer"
await 30 'both providers in Eureka' registered "$port_a" "$port_b"
say "Eureka lists the Thrift ports ${listed[*]}"
await 30 'answers of both providers' both_answer

step 'Make calls'
shop GET /users/1 200
say "GET /users/1   $body"
shop GET /catalogue 200
say "GET /catalogue $body"
shop POST '/orders?user=1&sku=tea&quantity=2' 201
say "POST /orders   $body"

step "Share of the calls, by weight $weight_a : $weight_b"
started=$(now)
count "$share_calls"
a=${tally[provider-a]:-0} b=${tally[provider-b]:-0}
say "$share_calls calls in $(($(now) - started)) ms: provider-a answered $a, provider-b $b"
((a + b == share_calls)) || fail "not every call was answered by a provider: $body"
# Five standard deviations of a binomial distribution: one run in a million lies outside.
off=$((a * (weight_a + weight_b) - share_calls * weight_a))
((off * off <= 25 * share_calls * weight_a * weight_b)) || fail 'the share is not that of the weights'
sum_up "weights $weight_a : $weight_b gave $a : $b of $share_calls calls"

step 'An exception that the IDL declares'
shop GET /users/404 404
say "GET /users/404           $status $body"
[[ $body == *'"exception":"UserNotFound"'*404* ]] || fail 'the exception lost its type or its fields'
shop POST '/orders?user=1&sku=cup&quantity=9' 409
say "POST /orders of 9 cups   $status $body"
[[ $body == *'"exception":"OutOfStock"'*'cup: 8'* ]] || fail 'the exception lost its type or its fields'
sum_up 'declared exceptions arrived with their types and fields'

step 'Oneway calls'
for ((i = 0; i < visits; i++)); do
	shop POST '/users/1/visits?page=home' 202
done
await 10 'the oneway calls to be counted' visits_counted
say "$visits visits sent: provider-a counted ${counted[provider-a]:-0}, provider-b ${counted[provider-b]:-0}"
((${counted[provider-a]:-0} + ${counted[provider-b]:-0} == visits)) || fail 'a oneway call ran twice'
sum_up "$visits oneway calls ran once each"

step 'SIGKILL provider-a while calls are being made'
shop POST "/traffic?callers=$callers" 200
await 30 'traffic' traffic_reaches 1000
((trouble == 0)) || fail "calls fail before anything was killed: $body"
say "$callers callers, $served calls so far, all answered"
killed=$(now)
stop KILL provider-a
registered
say "Eureka lists at that moment the Thrift ports ${listed[*]}"
traffic
await 30 'calls to go on' traffic_reaches $((served + 1000))
lost=$trouble last=${tally[lastTrouble]} lost_users=${tally[getUser fallback]:-0} answered=$served
dead=$((${tally[getUser provider-a]:-0} + ${tally[placeOrder provider-a]:-0}))
say "in flight at the kill: $lost_users answered by the fallback, $((lost - lost_users)) failed"
for key in "${!tally[@]}"; do
	[[ $key != 'placeOrder '*Exception ]] || say "   $key: ${tally[$key]}"
done
if ((lost > 0)); then
	say "the last of them $((last - killed)) ms after the kill"
	((last - killed < 2000)) || fail 'calls failed long after the kill'
fi
((lost <= callers)) || fail "more calls were lost than were in flight: $body"
await 60 'calls to go on' traffic_reaches $((answered + 3000))
say "then $((served - answered)) calls: $((trouble - lost)) failed, provider-b answered all"
((trouble == lost)) || fail "calls failed after provider-a was gone: $body"
((dead == ${tally[getUser provider-a]:-0} + ${tally[placeOrder provider-a]:-0})) ||
	fail "provider-a answered after it was killed: $body"
sum_up "provider-a killed: of its calls in flight $lost_users answered by the fallback and $((lost - lost_users)) failed," \
	"of $((served - answered)) later ones none failed"

step 'SIGKILL provider-b: no provider is left'
stop KILL provider-b
await 10 'the fallback' answered_by fallback /users/1
say "GET /users/1   $status $body"
await 10 'the fallback' answered_by fallback /catalogue
say "GET /catalogue $status $body"
shop POST '/orders?user=1&sku=tea' 503
say "POST /orders   $status $body"
say '               (no fallback: nobody may pretend to have taken an order)'
started=$(now)
count 200
say "200 calls in $(($(now) - started)) ms: the fallback answered ${tally[fallback]:-0}"
((${tally[fallback]:-0} == 200)) || fail "not every call was answered by the fallback: $body"
sum_up 'provider-b killed too: the fallbacks answered, orders (without fallback) failed with 503'

step 'Start provider-a again'
started=$(now)
start_provider provider-a "$weight_a"
await 60 'provider-a' serves_thrift provider-a
opened=$(now)
say "provider-a  process ${pids[provider-a]}, Thrift port $port (before: $port_a)"
port_a=$port
await 60 'provider-a to answer' answered_by provider-a /users/1
recovered=$(now)
say "GET /users/1   $status $body"
say "               ($((recovered - started)) ms after the start of the process, $((recovered - opened)) ms after its port opened)"
await 30 'provider-a to answer' answered_by provider-a /catalogue
say "GET /catalogue $status $body"
await 30 'an order to be taken' order_taken
say "POST /orders   $status $body"
count 500
say "500 calls: provider-a answered ${tally[provider-a]:-0}"
((${tally[provider-a]:-0} == 500)) || fail "not every call was answered by provider-a: $body"
traffic
lost=$trouble answered=$served
await 30 'traffic' traffic_reaches $((answered + 1000))
say "the callers have gone on all the while: $((served - answered)) calls, $((trouble - lost)) failed"
((trouble == lost)) || fail "calls failed after provider-a was back: $body"
sum_up "provider-a started again: it answered $((recovered - opened)) ms after its port opened"

step 'Stop everything'
stop TERM consumer
stop TERM provider-a
! registered "$port_a" || fail "provider-a has ended, Eureka still lists its Thrift port $port_a"
say 'provider-a has left Eureka'
stop TERM eureka
say 'every process has ended'
sum_up 'every process ended when asked, provider-a left Eureka before'

printf '\nWhat happened:\n'
for line in "${summary[@]}"; do
	say "- $line"
done
printf '\nOK: all of it, in %d s. Logs: %s\n' "$SECONDS" "$logs"
