/**
 * Auto-configuration of the actuator endpoint for the SW4RM scheduler.
 */
@NullMarked
package io.sw4rm.scheduler.autoconfigure.actuate;

import org.jspecify.annotations.NullMarked;
