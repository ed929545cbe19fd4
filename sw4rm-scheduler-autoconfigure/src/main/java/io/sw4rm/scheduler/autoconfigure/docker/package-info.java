/**
 * Support for schedulers that Docker Compose runs.
 */
@NullMarked
package io.sw4rm.scheduler.autoconfigure.docker;

import org.jspecify.annotations.NullMarked;
