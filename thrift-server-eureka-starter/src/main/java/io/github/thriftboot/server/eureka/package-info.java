/**
 * Registration of Thrift services in Eureka.
 */
@NullMarked
package io.github.thriftboot.server.eureka;

import org.jspecify.annotations.NullMarked;
