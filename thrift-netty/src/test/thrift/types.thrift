// Every type that all peers know, for tests of interoperability. It must parse with
// Debian's compiler 0.17, which makes the Python side of the tests; uuid, which that does
// not know, is in uuid.thrift. The Java code in src/gen-test/java was made by the Apache
// Thrift compiler 0.24.0:
//   thrift --gen java:generated_annotations=suppress -out src/gen-test/java src/test/thrift/types.thrift
namespace java io.github.thriftboot.test.types
namespace py thriftboot_types

enum Colour {
  RED = 1
  GREEN = 2
  BLUE = 30
}

typedef i64 Nanos
typedef list<string> Lines

struct Point {
  1: i32 x = -1
  2: i32 y = 7
}

struct Everything {
  1: bool aBool
  2: i8 aByte
  3: i16 aShort
  4: i32 anInt
  5: i64 aLong
  6: double aDouble
  7: string aString
  8: binary aBinary
  9: Colour aColour
  10: Point aPoint
  11: list<i32> aList
  12: set<string> aSet
  13: map<string, i64> aMap
  14: list<map<i32, set<string>>> nested
  15: map<Colour, list<Point>> byColour
  16: Nanos aTypedef
  17: Lines lines
  18: optional string neverSet
  19: optional i32 sometimesSet
  20: string withDefault = "the default"
  21: list<bool> bools
  22: list<double> doubles
  23: list<binary> binaries
}

union Choice {
  1: string text
  2: i64 number
  3: Point point
  4: list<i32> numbers
}

exception Refused {
  1: i32 code
  2: string reason
  3: Choice details
}

exception Missing {
  1: string what
}

struct Tree {
  1: string name
  2: list<Tree> children
}

/** Everything and one field more, as a newer peer would send it. */
struct EverythingAndMore {
  7: string aString
  100: map<string, list<Point>> unknownMap
  101: Choice unknownUnion
  102: list<set<double>> unknownList
  103: string unknownString
}

service TypesService {
  Everything echo(1: Everything value)
  bool echoBool(1: bool value)
  i8 echoByte(1: i8 value)
  i16 echoShort(1: i16 value)
  i32 echoInt(1: i32 value)
  i64 echoLong(1: i64 value)
  double echoDouble(1: double value)
  string echoString(1: string value)
  binary echoBinary(1: binary value)
  Colour echoColour(1: Colour value)
  Choice echoChoice(1: Choice value)
  list<i32> echoList(1: list<i32> value)
  set<string> echoSet(1: set<string> value)
  map<string, i64> echoMap(1: map<string, i64> value)
  Tree echoTree(1: Tree value)
  Everything several(1: i32 first, 2: string second, 3: Everything third, 4: Choice fourth)
  void nothing()
  string noArguments()
  /** Throws Refused with the code if it is even, Missing if it is odd. */
  string refuse(1: i32 code) throws (1: Refused refused, 2: Missing missing)
  oneway void note(1: string text)
  /** What note was called with so far. */
  Lines notes()
  /** Answers after so many milliseconds. */
  string slow(1: i32 millis, 2: string text)
  /** The headers of the request, where the dialect has some. */
  map<string, string> headers()
}

service ExtendedService extends TypesService {
  string own(1: string value)
}

/** Has a method of the same name as the others. */
service NamesakeService {
  string noArguments()
}
