/**
 * Auto-configuration of metrics about calls to the SW4RM scheduler.
 */
@NullMarked
package io.sw4rm.scheduler.autoconfigure.metrics;

import org.jspecify.annotations.NullMarked;
