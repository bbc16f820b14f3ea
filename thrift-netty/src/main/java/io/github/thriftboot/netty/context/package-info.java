/**
 * What surrounds a call for those who handle it and those who make it: headers, peer and
 * deadline.
 */
@NullMarked
package io.github.thriftboot.netty.context;

import org.jspecify.annotations.NullMarked;
