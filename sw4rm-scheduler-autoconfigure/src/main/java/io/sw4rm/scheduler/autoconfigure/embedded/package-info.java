/**
 * Auto-configuration of the embedded SW4RM scheduler.
 */
@NullMarked
package io.sw4rm.scheduler.autoconfigure.embedded;

import org.jspecify.annotations.NullMarked;
