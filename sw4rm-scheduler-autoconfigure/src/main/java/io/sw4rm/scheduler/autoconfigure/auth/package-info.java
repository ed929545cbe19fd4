/**
 * Auto-configuration of the credentials that the client sends to the SW4RM scheduler.
 */
@NullMarked
package io.sw4rm.scheduler.autoconfigure.auth;

import org.jspecify.annotations.NullMarked;
