/**
 * Export of Spring beans as Thrift services.
 */
@NullMarked
package io.github.thriftboot.server;

import org.jspecify.annotations.NullMarked;
