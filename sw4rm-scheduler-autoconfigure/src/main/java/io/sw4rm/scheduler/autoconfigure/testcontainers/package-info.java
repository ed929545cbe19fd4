/**
 * Support for schedulers in containers that tests start with Testcontainers.
 */
@NullMarked
package io.sw4rm.scheduler.autoconfigure.testcontainers;

import org.jspecify.annotations.NullMarked;
