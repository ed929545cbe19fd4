/**
 * The check at the start of the application.
 */
@NullMarked
package io.sw4rm.scheduler.autoconfigure.startup;

import org.jspecify.annotations.NullMarked;
