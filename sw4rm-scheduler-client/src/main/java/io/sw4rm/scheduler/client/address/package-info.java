/**
 * Addresses of schedulers, and how gRPC resolves them.
 */
@NullMarked
package io.sw4rm.scheduler.client.address;

import org.jspecify.annotations.NullMarked;
