/**
 * How long applications take to start, with and without the starter.
 */
@NullMarked
package io.sw4rm.scheduler.benchmarks.startup;

import org.jspecify.annotations.NullMarked;
