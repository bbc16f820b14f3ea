// The same as harness/src/main/thrift/echo.thrift, for the older libthrift that Armeria runs on: what
// newer compilers write asks Armeria's transport for limits that it does not have. The Java code in
// src/gen/java was made by the Apache Thrift compiler 0.17.0, in the folder armeria:
//   thrift --gen java:generated_annotations=suppress -out src/gen/java src/main/thrift/echo.thrift
namespace java io.github.thriftboot.benchmarks.armeria.api

/** The small payload, 201 bytes in the binary protocol. */
struct User {
  1: i64 id
  2: string name
  3: string email
  4: list<string> tags
  5: map<string, string> attributes
}

/** The medium payload. */
struct Users {
  1: i64 id
  2: list<User> users
}

/** The large payload. */
struct Blob {
  1: i64 id
  2: binary data
}

/** Every method answers with its argument. */
service EchoService {
  User echo(1: User user)
  Users echoUsers(1: Users users)
  Blob echoBlob(1: Blob blob)
  /** Takes a while, as a handler does that waits for a database. */
  User echoAfter(1: User user, 2: i32 millis)
}
