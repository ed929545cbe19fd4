/**
 * Auto-configuration of the SW4RM scheduler client.
 */
@NullMarked
package io.sw4rm.scheduler.autoconfigure;

import org.jspecify.annotations.NullMarked;
