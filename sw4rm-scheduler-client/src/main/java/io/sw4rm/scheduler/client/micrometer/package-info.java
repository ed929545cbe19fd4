/**
 * Metrics and observations of calls with Micrometer, under the names of the protocol
 * (SW4-003). Requires {@code micrometer-core} or {@code micrometer-observation}.
 */
@NullMarked
package io.sw4rm.scheduler.client.micrometer;

import org.jspecify.annotations.NullMarked;
