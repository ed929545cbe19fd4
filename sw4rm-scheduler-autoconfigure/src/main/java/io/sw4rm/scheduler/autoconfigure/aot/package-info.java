/**
 * Support for native images.
 */
@NullMarked
package io.sw4rm.scheduler.autoconfigure.aot;

import org.jspecify.annotations.NullMarked;
