/**
 * What a call costs: clients and hand-written stubs call the same scheduler, which runs
 * in another process.
 */
@NullMarked
package io.sw4rm.scheduler.benchmarks.calls;

import org.jspecify.annotations.NullMarked;
