/**
 * The connection to one scheduler: its channel, service config and reconnects.
 */
@NullMarked
package io.sw4rm.scheduler.autoconfigure.channel;

import org.jspecify.annotations.NullMarked;
