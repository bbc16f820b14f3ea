// A service with the generator's futures; a file of its own, because compiler 0.24.0 emits
// code that does not compile for services that extend each other. The Java code in
// src/gen-test/java was made by the Apache Thrift compiler 0.24.0:
//   thrift --gen java:generated_annotations=suppress,future_iface -out src/gen-test/java src/test/thrift/future.thrift
namespace java io.github.thriftboot.test.types

exception NoFuture {
  1: string reason
}

service FutureService {
  string echo(1: string value)
  i32 add(1: i32 left, 2: i32 right)
  void nothing()
  string fail(1: string reason) throws (1: NoFuture noFuture)
  oneway void note(1: string text)
}
