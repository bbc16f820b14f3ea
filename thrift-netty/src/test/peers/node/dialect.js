"use strict";

// What both programs of this directory share: dialects, and how they talk to the Java test.
// The generated code and the library are found through NODE_PATH.

const readline = require("readline");
const thrift = require("thrift");
const { version } = require("thrift/package.json");

// The envelope is read and written by the protocol, from a transport that knows no frames.
const TRANSPORTS = {
  header: thrift.TBufferedTransport,
  framed: thrift.TFramedTransport,
  unframed: thrift.TBufferedTransport,
};

const PROTOCOLS = {
  binary: thrift.TBinaryProtocol,
  compact: thrift.TCompactProtocol,
  json: thrift.TJSONProtocol,
};

exports.dialect = (transport, protocol) => ({
  transport: TRANSPORTS[transport],
  protocol: transport === "header" ? thrift.THeaderProtocol : PROTOCOLS[protocol],
});

/** Says who we are, then answers each line of words with a line of JSON. */
exports.answerCases = async (answer) => {
  console.log(`Node ${process.versions.node}, thrift ${version}`);
  for await (const line of readline.createInterface({ input: process.stdin })) {
    console.log(JSON.stringify(await answer(...line.split(" "))));
  }
  // the test has gone; servers would go on
  process.exit();
};
