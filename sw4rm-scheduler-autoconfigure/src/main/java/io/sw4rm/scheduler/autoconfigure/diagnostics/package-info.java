/**
 * Failure analyzers and the exceptions that they analyze, and the check of properties
 * when the application starts.
 */
@NullMarked
package io.sw4rm.scheduler.autoconfigure.diagnostics;

import org.jspecify.annotations.NullMarked;
