/**
 * A Spring Boot application that uses the SW4RM scheduler. It calls all operations once
 * when it starts, and offers a REST API and a web page.
 */
@NullMarked
package io.sw4rm.scheduler.sample;

import org.jspecify.annotations.NullMarked;
