/**
 * Auto-configuration of the health indicator for the SW4RM scheduler.
 */
@NullMarked
package io.sw4rm.scheduler.autoconfigure.health;

import org.jspecify.annotations.NullMarked;
