/**
 * Auto-configuration of traces of calls to the SW4RM scheduler.
 */
@NullMarked
package io.sw4rm.scheduler.autoconfigure.observation;

import org.jspecify.annotations.NullMarked;
