// A small shop: two services that one provider exports on one port. The Java code in
// src/gen/java was made by the Apache Thrift compiler 0.24.0, in the folder sample-api:
//   thrift --gen java:generated_annotations=suppress -out src/gen/java src/main/thrift/shop.thrift
namespace java io.github.thriftboot.samples.api

/** How a customer is served. */
enum Tier {
  STANDARD = 1
  PREMIUM = 2
}

struct Address {
  1: required string street
  2: required string city
  3: string country = "NL"
}

struct User {
  1: required i64 id
  2: required string name
  3: required Tier tier
  4: optional Address address
  5: list<string> emails
  /** Name of the instance that answered. Not for real life: it makes the balancing visible. */
  6: optional string answeredBy
}

/** A page that a user has looked at. */
struct Visit {
  1: required i64 userId
  2: required string page
}

/** What one instance has counted. Each counts for itself. */
struct VisitCount {
  1: required i64 userId
  2: required i64 total
  3: map<string, i64> byPage
  4: optional string answeredBy
}

exception UserNotFound {
  1: required i64 id
  2: required string reason
}

service UserService {
  User getUser(1: i64 id) throws (1: UserNotFound notFound)

  /** Answers with the users that exist. */
  map<i64, User> getUsers(1: set<i64> ids)

  /** Counts a visit. Nobody waits for it. */
  oneway void recordVisit(1: Visit visit)

  VisitCount countVisits(1: i64 userId)
}

struct Product {
  1: required string sku
  2: required i64 cents
  3: required i32 inStock
}

struct Catalogue {
  1: required list<Product> products
  2: optional string answeredBy
}

struct OrderLine {
  1: required string sku
  2: required i32 quantity
}

struct OrderRequest {
  1: required i64 userId
  2: required list<OrderLine> lines
}

struct Order {
  1: required string id
  2: required OrderRequest request
  3: required i64 totalCents
  4: optional string answeredBy
}

exception OutOfStock {
  1: required string sku
  2: required i32 inStock
}

service OrderService {
  Catalogue getCatalogue()

  /** Must not run twice, so a call that may have run is never repeated. */
  Order placeOrder(1: OrderRequest request) throws (1: OutOfStock outOfStock)
}
