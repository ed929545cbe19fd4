/**
 * What the tests of several modules share: proxies, servers that are no schedulers,
 * certificates, ports. Never published.
 */
@NullMarked
package io.sw4rm.scheduler.testsupport;

import org.jspecify.annotations.NullMarked;
