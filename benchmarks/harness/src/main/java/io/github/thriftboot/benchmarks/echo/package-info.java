/**
 * The service that the benchmarks call: contents, requests and handlers.
 */
@NullMarked
package io.github.thriftboot.benchmarks.echo;

import org.jspecify.annotations.NullMarked;
