/**
 * The check of schedulers when the application starts.
 */
@NullMarked
package io.sw4rm.scheduler.autoconfigure.startup;

import org.jspecify.annotations.NullMarked;
