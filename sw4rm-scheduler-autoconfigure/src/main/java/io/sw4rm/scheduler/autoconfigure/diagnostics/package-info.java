/**
 * Failure analyzers and the exceptions that they analyze.
 */
@NullMarked
package io.sw4rm.scheduler.autoconfigure.diagnostics;

import org.jspecify.annotations.NullMarked;
