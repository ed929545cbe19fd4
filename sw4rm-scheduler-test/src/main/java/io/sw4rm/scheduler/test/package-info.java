/**
 * Support for tests of applications that use the SW4RM scheduler.
 */
@NullMarked
package io.sw4rm.scheduler.test;

import org.jspecify.annotations.NullMarked;
