/**
 * Starts the processes of all systems, lets them work one after the other, and reports.
 */
@NullMarked
package io.github.thriftboot.benchmarks.driver;

import org.jspecify.annotations.NullMarked;
