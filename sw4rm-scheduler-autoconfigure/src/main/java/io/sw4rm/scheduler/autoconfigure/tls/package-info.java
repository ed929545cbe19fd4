/**
 * TLS from an SSL bundle: key and trust material, rotation, and the refusal of
 * connections without it.
 */
@NullMarked
package io.sw4rm.scheduler.autoconfigure.tls;

import org.jspecify.annotations.NullMarked;
