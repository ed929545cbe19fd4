/**
 * Checks that the applications share.
 */
@NullMarked
package io.sw4rm.scheduler.smoke;

import org.jspecify.annotations.NullMarked;
