/**
 * Auto-configuration of methods that listen to the activity of agents.
 */
@NullMarked
package io.sw4rm.scheduler.autoconfigure.activity;

import org.jspecify.annotations.NullMarked;
