// The services that the tests of all modules share. The Java code in src/gen-test/java was
// made by the Apache Thrift compiler 0.24.0:
//   thrift --gen java:generated_annotations=suppress -out src/gen-test/java src/test/thrift/test.thrift
namespace java io.github.thriftboot.test

/** Proves that a reply belongs to its request, and that a request ran once. */
struct Packet {
  1: required i64 nonce
  2: required i32 checksum
  3: optional binary data
}

struct Profile {
  1: string name
  2: list<string> tags
  3: map<string, i64> counters
  4: optional Packet packet
}

exception Declined {
  1: i32 code
  2: string reason
}

service BaseService {
  /** Names the service whose handler was called. */
  string whoAmI()
}

service EchoService extends BaseService {
  /** Answers with the same packet. */
  Packet echo(1: Packet packet)
  /** Answers with the same packet after so many milliseconds. */
  Packet echoLater(1: Packet packet, 2: i32 millis)
  i32 add(1: i32 left, 2: i32 right)
  Profile profile(1: Profile profile)
  void nothing()
  /** Answers with so many bytes. */
  binary blob(1: i32 size)
  /** Throws the declared exception if the code is not 0. */
  string decline(1: i32 code) throws (1: Declined declined)
  /** Does what the word says: the handler decides. */
  string misbehave(1: string how)
  oneway void note(1: Packet packet)
}

service OtherService {
  string whoAmI()
  string upper(1: string text)
}

/** Cannot be encoded without its name. */
struct Strict {
  1: required string name
}

service StrictService {
  Strict strict(1: Strict strict)
}
