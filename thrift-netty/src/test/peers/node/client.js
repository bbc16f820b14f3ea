"use strict";

// Calls every method of the test services, once for each case read from standard input.
// A case is a line "port transport protocol multiplexed|bare"; the answer is a line of JSON
// with the methods called and what was not as expected.

const assert = require("assert");
const { setTimeout: sleep } = require("timers/promises");
const thrift = require("thrift");
const ExtendedService = require("ExtendedService");
const NamesakeService = require("NamesakeService");
const { Choice, Colour, Everything, EverythingAndMore, Missing, Point, Refused, Tree } = require("types_types");
const UuidService = require("./gen/UuidService");
const { Uuids } = require("./gen/uuid_types");
const { answerCases, dialect } = require("./dialect");

const TIMEOUT_MILLIS = 20_000;

const TEXT = 'Grüße, 世界 😀 "quoted" \\ \t\n\u0001';

/** Asks for an answer with fields that its reader does not know. */
const NEWER = "answer as a newer peer";

// Node refuses those that RFC 9562 does not know.
const NIL_UUID = "00000000-0000-0000-0000-000000000000";
const MAX_UUID = "ffffffff-ffff-ffff-ffff-ffffffffffff";
const ANY_UUID = "00112233-4455-6677-8899-aabbccddeeff";

const ALL_BYTES = Buffer.from(Array.from({ length: 256 }, (_, index) => index));

const everything = (bools) =>
  new Everything({
    aBool: true,
    aByte: -128,
    aShort: -(2 ** 15),
    anInt: 2 ** 31 - 1,
    aLong: thrift.fromBigInt(-(2n ** 63n)),
    aDouble: 0.1,
    aString: TEXT,
    aBinary: ALL_BYTES,
    aColour: Colour.BLUE,
    aPoint: new Point({ x: 3, y: -4 }),
    aList: [1, -1, 0],
    aSet: ["zwölf"],
    aMap: { most: thrift.fromBigInt(2n ** 63n - 1n), "": 0 },
    nested: [{ 1: ["x"], "-2": [] }, {}],
    byColour: { [Colour.RED]: [new Point({ x: 1, y: 2 })], [Colour.GREEN]: [] },
    aTypedef: thrift.fromBigInt(2n ** 53n + 1n),
    lines: ["first", ""],
    sometimesSet: 0,
    bools,
    doubles: [0.5, -1.5, 1e300],
    binaries: [Buffer.alloc(0), Buffer.from([0, 255])],
  });

/** What Java answers: its primitive fields are always sent, with 0 where nothing was set. */
const empty = (fields) =>
  new Everything({ aBool: false, aByte: 0, aShort: 0, anInt: 0, aLong: 0, aDouble: 0, aTypedef: 0, ...fields });

/** Makes values comparable: 64-bit numbers are objects in one protocol and numbers in another. */
function plain(value) {
  if (value instanceof thrift.Int64) {
    return thrift.toBigInt(value);
  }
  if (Number.isInteger(value)) {
    return BigInt(value);
  }
  if (Array.isArray(value)) {
    return value.map(plain);
  }
  if (value !== null && typeof value === "object" && !Buffer.isBuffer(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, plain(field)]));
  }
  return value;
}

class Calls {
  called = new Set();

  failures = [];

  async check(expected, client, method, ...args) {
    this.compare(method, expected, await this.call(client, method, ...args));
  }

  compare(method, expected, actual) {
    try {
      assert.deepStrictEqual(plain(actual), plain(expected));
    } catch (err) {
      this.failures.push(`${method}: ${err.message}`);
    }
  }

  async checkThrown(type, fields, client, method, ...args) {
    try {
      const value = await this.call(client, method, ...args);
      this.failures.push(`${method}: ${value} (expected: ${type.name})`);
    } catch (err) {
      const actual = Object.fromEntries(Object.keys(fields).map((field) => [field, err[field]]));
      this.compare(method, [type, fields], [err.constructor, actual]);
    }
  }

  call(client, method, ...args) {
    this.called.add(method);
    return client[method](...args);
  }
}

async function checkTypes(calls, client, protocol) {
  // the compact protocol of Node reads every boolean in a container as false
  const bools = protocol === "compact" ? [false] : [true, false, true];
  const values = {
    echoBool: [true, false],
    echoByte: [-128, -1, 0, 127],
    echoShort: [-(2 ** 15), -1, 0, 2 ** 15 - 1],
    echoInt: [-(2 ** 31), -1, 0, 2 ** 31 - 1],
    echoLong: [-(2n ** 63n), -1n, 0n, 2n ** 63n - 1n].map(thrift.fromBigInt),
    echoDouble: [0, -1.5, 1e-300, 1e300],
    echoString: ["", TEXT, "long".repeat(50_000)],
    echoBinary: [Buffer.alloc(0), ALL_BYTES, Buffer.alloc(25_600, 7)],
    echoColour: [Colour.BLUE],
    echoChoice: [{ text: TEXT }, { number: -1 }, { point: { x: 1, y: 2 } }, { numbers: [] }].map(
      (fields) => new Choice(fields),
    ),
    echoList: [Array.from({ length: 1000 }, (_, index) => index)],
    echoMap: [{ a: -1, ä: thrift.fromBigInt(2n ** 62n) }],
    echoTree: [new Tree({ name: "root", children: [new Tree({ name: "leaf", children: [] })] })],
    echo: [everything(bools)],
  };
  for (const method of Object.keys(values)) {
    for (const value of values[method]) {
      await calls.check(value, client, method, value);
    }
  }
  const set = await calls.call(client, "echoSet", ["ä", "a"]);
  calls.compare("echoSet", ["a", "ä"], set.sort());
  await calls.check(empty(), client, "echo", new Everything());
  const changed = empty({ anInt: 1, aString: "two" });
  await calls.check(changed, client, "several", 1, "tw", new Everything(), new Choice({ text: "o" }));
  await calls.check(undefined, client, "nothing");
  await calls.check("types", client, "noArguments");
  await calls.check("own", client, "own", "own");
  await calls.check("slow", client, "slow", 20, "slow");
}

async function checkExceptions(calls, client) {
  const details = new Choice({ number: 4 });
  await calls.checkThrown(Refused, { code: 4, reason: "refused", details }, client, "refuse", 4);
  await calls.checkThrown(Missing, { what: "number 5" }, client, "refuse", 5);
}

async function checkOneway(calls, client) {
  const text = `noted at ${Date.now()}`;
  calls.call(client, "note", text);
  for (let tries = 0; !(await calls.call(client, "notes")).includes(text); tries++) {
    assert(tries < 1000, "note did not arrive");
    await sleep(10);
  }
}

/** Node sends all requests at once on one connection. */
async function checkAtOnce(calls, client) {
  await Promise.all(
    Array.from({ length: 50 }, (_, number) =>
      number % 10 === 0
        ? calls.check(`slow ${number}`, client, "slow", 10, `slow ${number}`)
        : calls.check(number, client, "echoInt", number),
    ),
  );
}

/** Each side sends fields that the other one does not know. */
async function checkUnknownFields(calls, client) {
  const more = new EverythingAndMore({
    aString: "known",
    unknownMap: { points: [new Point(), new Point({ x: 5, y: 6 })] },
    unknownUnion: new Choice({ numbers: [1, 2] }),
    unknownList: [[0.5]],
    unknownString: "unknown",
  });
  await calls.check(empty({ aString: "known" }), client, "echo", more);
  await calls.check(new Everything({ aString: NEWER }), client, "echo", new Everything({ aString: NEWER }));
}

async function checkUuids(calls, client) {
  for (const value of [NIL_UUID, MAX_UUID, ANY_UUID]) {
    await calls.check(value, client, "echoUuid", value);
  }
  const several = [MAX_UUID, NIL_UUID, ANY_UUID, ANY_UUID];
  const pairs = { [NIL_UUID]: MAX_UUID, [ANY_UUID]: ANY_UUID };
  await calls.check(new Uuids({ one: ANY_UUID }), client, "echoUuids", new Uuids({ one: ANY_UUID }));
  for (const different of [[], [MAX_UUID]]) {
    const value = new Uuids({ one: ANY_UUID, several, different, pairs });
    await calls.check(value, client, "echoUuids", value);
  }
}

async function checkServices(calls, connection, protocol, multiplexed) {
  const multiplexer = new thrift.Multiplexer();
  const client = multiplexed
    ? multiplexer.createClient("ExtendedService", ExtendedService, connection)
    : thrift.createClient(ExtendedService, connection);
  await checkTypes(calls, client, protocol);
  await checkExceptions(calls, client);
  await checkOneway(calls, client);
  await checkAtOnce(calls, client);
  await checkUnknownFields(calls, client);
  await calls.check({}, client, "headers");
  if (multiplexed) {
    const namesake = multiplexer.createClient("NamesakeService", NamesakeService, connection);
    await calls.check("namesake", namesake, "noArguments");
  }
  // the last: without names a connection has one client
  const uuids = multiplexed
    ? multiplexer.createClient("UuidService", UuidService, connection)
    : thrift.createClient(UuidService, connection);
  await checkUuids(calls, uuids);
}

async function runCase(port, transport, protocol, naming) {
  const calls = new Calls();
  const connection = thrift.createConnection("127.0.0.1", Number(port), dialect(transport, protocol));
  const broken = new Promise((_, reject) => {
    connection.on("error", reject);
    connection.on("close", () => reject(new Error("connection closed")));
  });
  const late = sleep(TIMEOUT_MILLIS, undefined, { ref: false }).then(() => Promise.reject(new Error("no answer")));
  try {
    await Promise.race([checkServices(calls, connection, protocol, naming === "multiplexed"), broken, late]);
  } catch (err) {
    calls.failures.push(err.stack ?? String(err));
  } finally {
    connection.end();
  }
  late.catch(() => {});
  return { called: [...calls.called], failures: calls.failures };
}

answerCases(runCase);
