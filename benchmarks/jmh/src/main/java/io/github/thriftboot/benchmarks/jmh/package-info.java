/**
 * JMH benchmarks of small parts. Those of package-private classes are in the packages of
 * these classes, which is possible because the project has no modules.
 */
@NullMarked
package io.github.thriftboot.benchmarks.jmh;

import org.jspecify.annotations.NullMarked;
