/**
 * Programs that load the starter: what a call costs, and whether every call is accounted
 * for while things go wrong.
 */
@NullMarked
package io.sw4rm.scheduler.benchmarks;

import org.jspecify.annotations.NullMarked;
