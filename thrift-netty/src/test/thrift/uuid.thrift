// The uuid type, which peers older than Thrift 0.19 cannot even skip. The Java code in
// src/gen-test/java was made by the Apache Thrift compiler 0.24.0:
//   thrift --gen java:generated_annotations=suppress -out src/gen-test/java src/test/thrift/uuid.thrift
// and so was the JavaScript code in src/test/peers/node/gen, which Debian's compiler 0.17 cannot make:
//   thrift --gen js:node,es6 -out src/test/peers/node/gen src/test/thrift/uuid.thrift
namespace java io.github.thriftboot.test.types

struct Uuids {
  1: uuid one
  2: list<uuid> several
  3: set<uuid> different
  4: map<uuid, uuid> pairs
  5: optional uuid neverSet
}

service UuidService {
  uuid echoUuid(1: uuid value)
  Uuids echoUuids(1: Uuids value)
}
