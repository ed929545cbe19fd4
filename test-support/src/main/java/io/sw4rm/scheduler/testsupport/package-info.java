/**
 * Shared by the tests of several modules: proxies, servers that are not schedulers,
 * certificates and ports. Not published.
 */
@NullMarked
package io.sw4rm.scheduler.testsupport;

import org.jspecify.annotations.NullMarked;
