/**
 * The process that runs the server or the client of one system, and makes the load.
 */
@NullMarked
package io.github.thriftboot.benchmarks.worker;

import org.jspecify.annotations.NullMarked;
