/**
 * Java client of the SW4RM scheduler. Start with
 * {@link io.sw4rm.scheduler.client.SchedulerClient}.
 */
@NullMarked
package io.sw4rm.scheduler.client;

import org.jspecify.annotations.NullMarked;
