/**
 * A provider of Thrift services.
 */
@NullMarked
package io.github.thriftboot.samples.provider;

import org.jspecify.annotations.NullMarked;
