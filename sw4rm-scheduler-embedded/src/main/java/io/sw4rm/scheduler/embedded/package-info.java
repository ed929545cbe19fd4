/**
 * An in-memory SW4RM scheduler on a real gRPC port, for development and tests. Start with
 * {@link io.sw4rm.scheduler.embedded.EmbeddedScheduler#start()}.
 */
@NullMarked
package io.sw4rm.scheduler.embedded;

import org.jspecify.annotations.NullMarked;
