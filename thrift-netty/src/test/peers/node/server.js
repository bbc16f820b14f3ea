"use strict";

// Serves the test services, on a port of its own for each case read from standard input. A
// case is a line "transport protocol multiplexed|bare"; the answer is a line of JSON with
// the port.

const { once } = require("events");
const thrift = require("thrift");
const ExtendedService = require("ExtendedService");
const NamesakeService = require("NamesakeService");
const { Choice, EverythingAndMore, Missing, Point, Refused } = require("types_types");
const UuidService = require("./gen/UuidService");
const { answerCases, dialect } = require("./dialect");

// Thrift has headers only in the transport; handlers are called while a message is processed.
let requestHeaders = {};

const echo = (value, result) => result(null, value);

/** Waits without giving way: a THeader server loses the envelope of a reply that is not written at once. */
const pause = (millis) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, millis);

/** Asks for an answer with fields that its reader does not know. */
const NEWER = "answer as a newer peer";

const newer = () =>
  new EverythingAndMore({
    aString: NEWER,
    unknownMap: { points: [new Point(), new Point({ x: 5, y: 6 })] },
    unknownUnion: new Choice({ numbers: [1, 2] }),
    unknownList: [[0.5]],
    unknownString: "unknown",
  });

/** Does what the handler of the Java tests does. */
function handler(name) {
  const noted = [];
  const methods = {
    echo: (value, result) => result(null, value.aString === NEWER ? newer() : value),
    several: (first, second, third, fourth, result) =>
      result(null, Object.assign(third, { anInt: first, aString: second + fourth.text })),
    nothing: (result) => result(null),
    noArguments: (result) => result(null, name),
    refuse: (code, result) =>
      result(
        code % 2 === 0
          ? new Refused({ code, reason: "refused", details: new Choice({ number: code }) })
          : new Missing({ what: `number ${code}` }),
      ),
    note: (text) => noted.push(text),
    notes: (result) => result(null, noted),
    slow: (millis, text, result) => {
      pause(millis);
      result(null, text);
    },
    headers: (result) => result(null, requestHeaders),
  };
  return new Proxy(methods, { get: (target, method) => target[method] ?? echo });
}

function processor(multiplexed) {
  const extended = new ExtendedService.Processor(handler("types"));
  if (!multiplexed) {
    // bare names of both services
    const { process_echoUuid, process_echoUuids } = UuidService.Processor.prototype;
    return Object.assign(extended, { process_echoUuid, process_echoUuids });
  }
  const services = new thrift.MultiplexedProcessor();
  services.registerProcessor("ExtendedService", extended);
  services.registerProcessor("UuidService", new UuidService.Processor(handler("uuids")));
  services.registerProcessor("NamesakeService", new NamesakeService.Processor(handler("namesake")));
  return services;
}

async function serve(transport, protocol, naming) {
  const services = processor(naming === "multiplexed");
  const withHeaders = {
    process(input, output) {
      requestHeaders = input.trans.getReadHeaders();
      services.process(input, output);
    },
  };
  const server = thrift.createMultiplexServer(withHeaders, dialect(transport, protocol));
  server.on("error", console.error);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: server.address().port };
}

answerCases(serve);
