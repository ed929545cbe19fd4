/**
 * A soak test that accounts for every call while networks and schedulers fail.
 */
@NullMarked
package io.sw4rm.scheduler.benchmarks;

import org.jspecify.annotations.NullMarked;
